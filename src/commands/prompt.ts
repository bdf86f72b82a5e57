import { SELECTION_FLAGS } from "../base/batch-flags";
import { DRY_RUN_FLAG } from "../base/command";
import { EXIT, UsageError } from "../base/errors";
import { defineCommand } from "../context";

export default defineCommand({
  name: "prompt",
  group: "Work",
  summary: "send a prompt to an agent, or to several",
  doc: `The text arrives whole, many lines too, and is submitted once. It goes only to a running program: never to a shell, and never
to the menu that is left when the program has ended, and never over text that stands in its input box. An agent that is still starting
is waited for. One that works gets it at once where its program keeps prompts for later; else say --when-idle or --interrupt.

Queued prompts outlive a restart of tmux and go out in their order: fleet queue lists and cancels them.`,
  args: [
    { name: "name", doc: "the agent, or a quoted glob; not with --to or --batch", optional: true, completes: "agent" },
    { name: "text", doc: "the prompt; words are joined by blanks", optional: true, many: true },
  ],
  flags: {
    to: { type: "string", value: "NAMES", doc: "agents, separated by commas, instead of NAME", completes: "agent" },
    file: { type: "string", short: "f", value: "FILE", doc: "read the prompt from FILE, or from stdin with -", completes: "file" },
    edit: { type: "boolean", short: "e", doc: "write the prompt in $EDITOR" },
    "when-idle": { type: "boolean", doc: "queue it until the agent's turn is over" },
    after: { type: "string", value: "AGENT", doc: "queue it until the turn of another agent is over too", completes: "agent" },
    interrupt: { type: "boolean", doc: "stop what it is at first" },
    ...SELECTION_FLAGS,
    "dry-run": DRY_RUN_FLAG,
  },
  examples: [
    { run: "fleet prompt login-form 'Use the existing Button'", does: "send one line" },
    { run: "fleet prompt 'auth-*' -f review.md", does: "send a file to several agents" },
    { run: "fleet prompt docs --after login-form 'Describe what changed'", does: "queue it until another agent is done" },
    { run: "git diff | fleet prompt --to fix-a,fix-b -f -", does: "send what a command prints" },
  ],
  async run(ctx, { args, flags }) {
    const named = flags.to === undefined && flags.batch === undefined;
    const words = named ? args.text : [args.name, ...args.text].filter((word) => word !== undefined);
    const names = flags.to?.split(",").filter(Boolean) ?? (named && args.name !== undefined ? [args.name] : []);
    const { readPrompt } = await import("../fleet/prompt-text");
    const text = await readPrompt(ctx, { file: flags.file, edit: flags.edit, prompt: words.length ? words.join(" ") : undefined }, "fleet prompt NAME TEXT");
    if (text === null) throw new UsageError("no text: give it after the name, or with --file or --edit");

    if (flags.interrupt && (flags["when-idle"] || flags.after !== undefined)) throw new UsageError("--interrupt sends at once: not with --when-idle or --after");
    const [{ selectAgent, selectAgents }, { promptAgent, queuePrompt }, { eachAgent }, { kindsOf }] = await Promise.all([
      import("../fleet/select"),
      import("../fleet/prompt"),
      import("../fleet/each"),
      import("../fleet/kind-of"),
    ]);
    const agents = await selectAgents(ctx, names, flags);
    const after = flags.after === undefined ? null : await selectAgent(ctx, flags.after, "prompt");
    const [kinds, later] = [await kindsOf(ctx), flags["when-idle"] || after !== null];
    const ports = { git: ctx.git, tmux: ctx.tmux, store: ctx.store, now: ctx.now, env: ctx.env, kinds };
    const deed = `${flags["dry-run"] ? "would be " : ""}${later ? "queued" : "prompted"}`;
    const all = await eachAgent(ctx.out, agents, deed, (agent) =>
      later ? queuePrompt(ports, agent, text, after, flags["dry-run"]) : promptAgent(ports, agent, text, { interrupt: flags.interrupt, dryRun: flags["dry-run"] }),
    );
    if (later && !flags["dry-run"]) await (await import("../fleet/tick")).tick(ports);
    return all ? EXIT.done : EXIT.refused;
  },
});
