import { DRY_RUN_FLAG, JSON_FLAG } from "../base/command";
import { oneLine } from "../base/text";
import { defineCommand } from "../context";

export default defineCommand({
  name: "rename",
  group: "Work",
  summary: "give an agent another name: its branch, its session, and all that is remembered of it",
  doc: `Refused where a branch or an agent of that name is there. The worktree stays where it is, and the program works on: what it was told
of its branch when it was started is the old name until its next start. A branch that was pushed keeps its upstream's name.`,
  args: [{ name: "name", doc: "the agent", completes: "agent" }, { name: "new", doc: "the new name of its branch" }],
  flags: { "dry-run": DRY_RUN_FLAG, json: JSON_FLAG },
  examples: [{ run: "fleet rename fix-2 login-form", does: "call it by what it became" }],
  async run(ctx, { args, flags }) {
    const [{ selectAgent }, { loadAgents }, { paneAmong, refuseForeign }, { planRename }, { applyRename }, { branchFacts, isBranchName }, { existsSync }] = await Promise.all([
      import("../fleet/select"), import("../fleet/agents"), import("../fleet/driven"), import("../fleet/rename/plan"), import("../fleet/rename/apply"), import("../ports/git/branches"), import("node:fs"),
    ]);
    const agent = await selectAgent(ctx, args.name, "rename");
    const { record } = agent;
    const agents = await loadAgents(ctx);
    refuseForeign(ctx.env, [agent], "rename", paneAmong(agents));
    const repoThere = existsSync(record.repo);
    const [branch, allowed] = repoThere
      ? await Promise.all([branchFacts(ctx.git, record.repo, args.new), isBranchName(ctx.git, record.repo, args.new)])
      : [{ local: null, remotes: [], clashes: [] }, true];
    const plan = planRename(args.new, { agent, branch, allowed, records: ctx.store.agents(), repoThere, worktreeThere: existsSync(record.worktree) });
    if (flags["dry-run"]) return plan.lines.forEach((line) => ctx.out.answer(line));
    const session = await applyRename(ctx, plan);
    if (flags.json) ctx.out.json({ id: record.id, branch: plan.to.branch, session, was: record.branch });
    ctx.out.done(`renamed: ${oneLine(record.branch)} is ${oneLine(args.new)} now`);
  },
});
