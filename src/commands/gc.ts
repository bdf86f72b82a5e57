import { DRY_RUN_FLAG, JSON_FLAG } from "../base/command";
import { parseDuration } from "../base/duration";
import { EXIT, UserError } from "../base/errors";
import { oneLine } from "../base/text";
import { type Context, defineCommand } from "../context";

export default defineCommand({
  name: "gc",
  group: "Work",
  summary: "clear away what has had its time: merged and abandoned agents, old trash and saved refs",
  doc: `An agent is abandoned when it is stopped or its program has ended; that and merged ones go where nothing of them has changed for
--older (commits, index, prompts, starts). They go through fleet kill: what holds uncommitted work stays and is named, and fleet undo brings
back what went. What is in the trash, and saved refs, of that age go for good. Nothing that works, waits or is looked at is touched.
All of it is shown first, and then asked; without a terminal it needs --yes. It runs only when called.`,
  args: [],
  flags: {
    older: { type: "string", value: "TIME", doc: "how long nothing has changed: 30d when not given" },
    yes: { type: "boolean", short: "y", doc: "do not ask" },
    "dry-run": DRY_RUN_FLAG,
    json: JSON_FLAG,
  },
  examples: [
    { run: "fleet gc --dry-run", does: "what nobody has touched for 30 days" },
    { run: "fleet gc --older 7d", does: "what nobody has touched for a week" },
  ],
  async run(ctx, { flags }) {
    const older = parseDuration(flags.older ?? "30d", "--older", { zero: true }) * 1000;
    const [{ gatherGcFacts }, { isNothing, planGc }, { killAll, planKills }, { forgetForGood }, { paneAmong, refuseForeign }] = await Promise.all([
      import("../fleet/gc/facts"), import("../fleet/gc/plan"), import("../fleet/kill/several"), import("../fleet/gc/apply"), import("../fleet/driven"),
    ]);
    const facts = await gatherGcFacts(ctx);
    const plan = planGc(older, facts);
    refuseForeign(ctx.env, plan.kill.map(({ agent }) => agent), "clear away", paneAmong(facts.agents));
    if (isNothing(plan)) {
      if (flags.json) ctx.out.json({ killed: [], trash: [], refs: [] });
      return void ctx.out.note("nothing to clear away");
    }
    const { plans } = await planKills(ctx, plan.kill.map(({ agent }) => agent), { force: false, deleteBranch: false }, true);
    const say = (line: string) => (flags["dry-run"] && !flags.json ? ctx.out.answer(line) : ctx.out.progress(`  ${line}\n`));
    for (const { agent, why, days } of plan.kill) {
      const kill = plans.find(({ facts: { agent: { record } } }) => record.id === agent.record.id);
      if (kill) [`ends      ${oneLine(agent.branch)} (${why}, ${days} ${days === 1 ? "day" : "days"} old)`, ...kill.lines.map((line) => `  ${line}`)].forEach(say);
    }
    if (plan.entries.length > 0) say(`removes   for good, of ${plan.entries.length} killed ${plan.entries.length === 1 ? "agent" : "agents"}: the trash and the saved ref (${plan.entries.map(({ id }) => id).join(", ")})`);
    if (plan.merges.length > 0) say(`forgets   how ${plan.merges.length} ${plan.merges.length === 1 ? "merge is" : "merges are"} undone (${plan.merges.join(", ")})`);
    for (const { ref } of plan.refs) say(`removes   ${oneLine(ref)}`);
    const answer = (trash = plan.entries.map(({ id }) => id)) => flags.json && ctx.out.json({ killed: plans.map(({ facts: { agent } }) => agent.record.id), trash, refs: plan.refs.map(({ ref }) => ref) });
    const kept = plan.kill.length - plans.length;
    if (flags["dry-run"]) return void answer();
    if (plans.length + plan.entries.length + plan.merges.length + plan.refs.length === 0) return EXIT.refused;
    await agree(ctx, flags.yes);
    // What was shown a while ago may have been taken up since.
    if (!flags.yes) {
      const still = new Set(planGc(older, await gatherGcFacts(ctx)).kill.map(({ agent }) => agent.record.id));
      plans.splice(0, plans.length, ...plans.filter(({ facts: { agent } }) => still.has(agent.record.id)));
    }
    const gone = await forgetForGood(ctx, plan);
    const failed = plans.length > 0 ? await killAll(ctx, plans, { asked: plans.length, batch: undefined }) : 0;
    answer(gone);
    ctx.out.done("cleared away");
    return failed + kept > 0 ? EXIT.refused : EXIT.done;
  },
});

async function agree(ctx: Context, yes: boolean): Promise<void> {
  if (yes) return;
  if (!ctx.terminal.interactive) throw new UserError("gc asks first, and there is no terminal to ask on", { hint: "fleet gc --yes" });
  const { confirm } = await import("../ui/ask");
  if (!(await confirm("Clear all that away?"))) throw new UserError("nothing was cleared away");
}
