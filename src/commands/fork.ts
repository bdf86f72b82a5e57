import { DRY_RUN_FLAG, JSON_FLAG } from "../base/command";
import { oneLine, shellWord } from "../base/text";
import { type Context, defineCommand } from "../context";
import type { Fork } from "../fleet/fork/fork";

export default defineCommand({
  name: "fork",
  group: "Work",
  summary: "start a second agent from the state of a first one, uncommitted work and conversation too",
  doc: `The new branch begins at the commit that the agent has checked out, and its worktree gets all that is not committed: the index, changed,
deleted and untracked files. What git ignores is copied as create does it, and setup commands run. The first agent is only read, and works on;
its files are looked at before and after, and copied again when they have changed in between.

The conversation goes along where the program can copy one into another worktree (Claude Code, Codex, Gemini CLI); else that is said, and
a new one begins. The base is the first agent's, so that diff and merge count alike. Without NEW the branch is NAME-2, or the next that is free.`,
  args: [{ name: "name", doc: "the agent", completes: "agent" }, { name: "new", doc: "the new branch", optional: true }],
  flags: {
    prompt: { type: "string", short: "p", value: "TEXT", doc: "the first prompt" },
    file: { type: "string", short: "f", value: "FILE", doc: "read the prompt from FILE, or from stdin with -", completes: "file" },
    edit: { type: "boolean", short: "e", doc: "write the prompt in $EDITOR" },
    agent: { type: "string", short: "a", value: "KIND", doc: "another program, or a variant of the same one", completes: "kind" },
    "no-setup": { type: "boolean", doc: "skip the setup commands" },
    detach: { type: "boolean", short: "d", doc: "return as soon as the session is there" },
    keep: { type: "boolean", doc: "when setup or the program fails, leave all as it is" },
    "dry-run": DRY_RUN_FLAG,
    json: JSON_FLAG,
  },
  examples: [
    { run: "fleet fork login-form -p 'Try it without the library'", does: "another way from here, as login-form-2" },
    { run: "fleet fork login-form review -a codex -p 'Review what is not committed'", does: "the same files, and another program" },
  ],
  async run(ctx, { args, flags }) {
    const [{ selectAgent }, { loadAgents }, { readPrompt }, { prepareFork }, { refuseForeignFork }, create, { interruptSignal }] = await Promise.all([
      import("../fleet/select"), import("../fleet/agents"), import("../fleet/prompt-text"), import("../fleet/fork/fork"), import("../fleet/fork/plan"), import("../fleet/create/create"), import("../ports/interrupt"),
    ]);
    const prompt = await readPrompt(ctx, flags);
    const source = await selectAgent(ctx, args.name, "fork");
    if (ctx.env["FLEET_ID"]) {
      const { paneAmong } = await import("../fleet/driven");
      refuseForeignFork(ctx.env, source, paneAmong(await loadAgents(ctx)));
    }
    const fork = await prepareFork(ctx, { source, branch: args.new, prompt, kind: flags.agent, noSetup: flags["no-setup"] });
    const { plan, wish, anew } = fork;
    if (flags["dry-run"]) {
      const lines = create.planLines(plan, wish);
      const copies = `copies    ${fork.changed} uncommitted ${fork.changed === 1 ? "path" : "paths"} of ${oneLine(source.branch)}, and its index`;
      return [...lines.slice(0, 2), copies, `talk      ${anew === null ? `a copy of the conversation of ${oneLine(source.branch)}` : `a new conversation: ${anew}`}`, ...lines.slice(2)].forEach((line) => ctx.out.answer(line));
    }

    const { openProgress } = await import("../ui/progress");
    const progress = openProgress(ctx.terminal, ctx.out, plan.record.branch);
    const watch = { ...progress, signal: interruptSignal() };
    try {
      const created = await create.carryOut(ctx, plan, wish, ctx.terminal.size() ?? { columns: 160, rows: 48 }, watch);
      if (!flags.detach) await create.watchStart(ctx, plan, { ...watch, keep: flags.keep });
      progress.end();
      tell(ctx, fork, oneLine(source.branch), created!.name, flags);
      (await import("../fleet/leave-purge")).leavePurge(ctx.store.home, ctx.git.env, false);
    } finally {
      progress.end();
    }
  },
});

function tell(ctx: Context, { plan: { record }, anew, copied }: Fork, from: string, session: string, { json, detach }: { json: boolean; detach: boolean }): void {
  const name = shellWord(record.branch);
  const { skipped, settled, paths } = copied()!;
  if (!settled) ctx.out.warn(`${from} wrote while it was copied: files may be of different moments`, `fleet diff ${name} --stat   ·   fleet interrupt ${shellWord(from)}, then fork it again`);
  if (skipped.length > 0) ctx.out.warn(`not copied, because it can't be there twice: ${skipped.slice(0, 10).map(oneLine).join(", ")}${skipped.length > 10 ? ` and ${skipped.length - 10} more` : ""}`);
  if (anew !== null) ctx.out.note(`a new conversation begins: ${anew}`);
  if (json) return ctx.out.json({ id: record.id, branch: record.branch, kind: record.kind, worktree: record.worktree, session, forkOf: record.forkOf, conversation: anew === null ? "copied" : "new", copied: paths, settled, skipped });
  ctx.out.done(`${detach ? "started" : "at work"}: ${oneLine(record.branch)} (${oneLine(record.kind)}), as ${from} is now${anew === null ? ", its conversation too" : ""}, in ${record.worktree}`);
  ctx.out.hint(`fleet attach ${name}   ·   fleet compare ${shellWord(from)} ${name}`);
}
