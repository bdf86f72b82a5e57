import { DRY_RUN_FLAG, JSON_FLAG } from "../base/command";
import { UserError } from "../base/errors";
import { oneLine, shellWord } from "../base/text";
import { type Context, defineCommand } from "../context";

export default defineCommand({
  name: "adopt",
  group: "Work",
  summary: "make an agent of a worktree, or of a session in one, that is there already",
  doc: `PLACE is a worktree's directory, or a tmux session by its name or id; without it, the worktree one stands in. Where an agent program
runs in a session there, that session becomes the agent's as it is: it is not renamed, nothing in it is restarted, and the program is known
by its process. Else a session is made, and the program takes up its last conversation there. A session is for one agent: one with panes in
several checkouts, or with several programs, is refused.

What was there before is never removed: fleet kill ends a session that fleet made, lets any other go, and forgets the agent; worktree and
branch stay. fleet stop and restart refuse a session that fleet did not make.`,
  args: [{ name: "place", doc: "a worktree's directory, or a session", optional: true, completes: "directory" }],
  flags: {
    agent: { type: "string", short: "a", value: "KIND", doc: "the program: what runs there, or what is started", completes: "kind" },
    base: { type: "string", short: "b", value: "REF", doc: "what its changes are counted against; else the branch of the main checkout", completes: "branch" },
    "own-session": { type: "boolean", doc: "make a session of its own, whatever runs there" },
    new: { type: "boolean", doc: "where a program is started: begin a new conversation" },
    "dry-run": DRY_RUN_FLAG,
    json: JSON_FLAG,
  },
  rest: { name: "ARGS", doc: "arguments for the program, where fleet starts it" },
  examples: [
    { run: "fleet adopt ../web-login", does: "make an agent of a worktree that git worktree add made" },
    { run: "fleet adopt work-3", does: "make an agent of a tmux session, with the program that runs in it" },
    { run: "fleet adopt . -a codex --base main", does: "start codex in the worktree one stands in" },
  ],
  async run(ctx, { args, flags, rest }) {
    const [{ prepareAdopt }, { applyAdopt }, { interruptSignal }] = await Promise.all([import("../fleet/adopt/facts"), import("../fleet/adopt/apply"), import("../ports/interrupt")]);
    await refuseAgents(ctx);
    const adoption = await prepareAdopt(ctx, { place: args.place, kind: flags.agent, base: flags.base, ownSession: flags["own-session"], fresh: flags.new, args: rest });
    const { plan } = adoption;
    if (flags["dry-run"]) return plan.lines.forEach((line) => ctx.out.answer(line));
    const session = await applyAdopt(ctx, adoption, ctx.terminal.size() ?? { columns: 160, rows: 48 }, interruptSignal());
    const { record } = plan;
    if (plan.pane?.program === null) ctx.out.warn(`nothing in ${plan.pane.pane} was recognised as ${oneLine(record.kind)}: what runs there is taken for it`, `fleet explain ${shellWord(record.branch)}`);
    if (flags.json) return ctx.out.json({ id: record.id, branch: record.branch, kind: record.kind, worktree: record.worktree, session, made: plan.pane === null, base: record.base });
    ctx.out.done(`adopted: ${oneLine(record.branch)} (${oneLine(record.kind)}) in ${oneLine(record.worktree)}, session ${oneLine(session)}${plan.pane === null ? "" : " as it is"}`);
    ctx.out.hint(`fleet attach ${shellWord(record.branch)}   ·   fleet kill ${shellWord(record.branch)}   (forgets the agent; worktree and branch stay)`);
  },
});

/** Whose a worktree is that fleet did not make, only a person can say: an agent could merge it next. */
async function refuseAgents(ctx: Context): Promise<void> {
  const [{ callingAgent, paneAmong }, { loadAgents }] = await Promise.all([import("../fleet/driven"), import("../fleet/agents")]);
  if (!ctx.env["FLEET_ID"]) return;
  const agents = await loadAgents(ctx);
  if (callingAgent(ctx.env, paneAmong(agents)) === null) return;
  throw new UserError("an agent may not adopt what it did not start", { hint: "a person can do it, in a pane that is no agent's: fleet adopt …" });
}
