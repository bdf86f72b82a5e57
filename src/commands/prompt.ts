import { SELECTION_FLAGS } from "../base/batch-flags";
import { DRY_RUN_FLAG } from "../base/command";
import { EXIT, UsageError } from "../base/errors";
import { defineCommand } from "../context";

export default defineCommand({
  name: "prompt",
  group: "Work",
  summary: "send a prompt to an agent, or to several",
  doc: `The text arrives whole, many lines too, and is submitted once. It goes only to a running program: never to a shell, and never
to the menu that is left when the program has ended.`,
  args: [
    { name: "name", doc: "the agent, or a quoted glob; not with --to or --batch", optional: true, completes: "agent" },
    { name: "text", doc: "the prompt; words are joined by blanks", optional: true, many: true },
  ],
  flags: {
    to: { type: "string", value: "NAMES", doc: "agents, separated by commas, instead of NAME", completes: "agent" },
    file: { type: "string", short: "f", value: "FILE", doc: "read the prompt from FILE, or from stdin with -", completes: "file" },
    edit: { type: "boolean", short: "e", doc: "write the prompt in $EDITOR" },
    ...SELECTION_FLAGS,
    "dry-run": DRY_RUN_FLAG,
  },
  examples: [
    { run: "fleet prompt login-form 'Use the existing Button'", does: "send one line" },
    { run: "fleet prompt 'auth-*' -f review.md", does: "send a file to several agents" },
    { run: "git diff | fleet prompt --to fix-a,fix-b -f -", does: "send what a command prints" },
  ],
  async run(ctx, { args, flags }) {
    const named = flags.to === undefined && flags.batch === undefined;
    const words = named ? args.text : [args.name, ...args.text].filter((word) => word !== undefined);
    const names = flags.to?.split(",").filter(Boolean) ?? (named && args.name !== undefined ? [args.name] : []);
    const { readPrompt } = await import("../fleet/prompt-text");
    const text = await readPrompt(ctx, { file: flags.file, edit: flags.edit, prompt: words.length ? words.join(" ") : undefined });
    if (text === null) throw new UsageError("no text: give it after the name, or with --file or --edit");

    const [{ selectAgents }, { sendPrompt }, { eachAgent }, { kindsOf }] = await Promise.all([
      import("../fleet/select"),
      import("../fleet/send"),
      import("../fleet/each"),
      import("../fleet/kind-of"),
    ]);
    const agents = await selectAgents(ctx, names, flags);
    const kinds = await kindsOf(ctx);
    const all = await eachAgent(ctx.out, agents, flags["dry-run"] ? "would be prompted" : "prompted", (agent) =>
      sendPrompt(ctx, agent, kinds(agent.record.kind), text, flags["dry-run"]),
    );
    return all ? EXIT.done : EXIT.refused;
  },
});
