import { SELECTION_FLAGS } from "../base/batch-flags";
import { DRY_RUN_FLAG, JSON_FLAG } from "../base/command";
import { EXIT, UserError } from "../base/errors";
import { oneLine } from "../base/text";
import { defineCommand } from "../context";
import type { Synced } from "../fleet/merge/sync";

export default defineCommand({
  name: "sync",
  group: "Work",
  summary: "bring the base into agents' branches, where that makes no conflict",
  doc: `As git merge BASE in the worktree, but a conflict moves nothing: the files are named, and --hand-over asks the agent to settle them.
Refused while the agent works, and where uncommitted work would be written over; other uncommitted work stays as it is.`,
  args: [{ name: "name", doc: "agents, or quoted globs", optional: true, many: true, completes: "agent" }],
  flags: {
    from: { type: "string", value: "BRANCH", doc: "bring this branch in, instead of the base", completes: "branch" },
    "hand-over": { type: "boolean", doc: "on a conflict, ask the agent to settle it" },
    ...SELECTION_FLAGS,
    "dry-run": DRY_RUN_FLAG,
    json: JSON_FLAG,
  },
  examples: [
    { run: "fleet sync login-form", does: "bring what is new on main into it" },
    { run: "fleet sync '*' --hand-over", does: "every agent of this repo; those with conflicts are asked to settle them" },
  ],
  async run(ctx, { args, flags }) {
    const [{ selectAgents }, { inStackOrder }, { syncAgent }, { loadAgents }, { Conflicts }, { settleConflict }] = await Promise.all([
      import("../fleet/select"),
      import("../fleet/merge/flow"),
      import("../fleet/merge/sync"),
      import("../fleet/agents"),
      import("../fleet/merge/plan"),
      import("../fleet/merge/hand-over"),
    ]);
    const agents = inStackOrder(await selectAgents(ctx, args.name, flags));
    const all = await loadAgents(ctx);
    const done: Synced[] = [];
    let refused = 0;
    for (const agent of agents) {
      try {
        const one = await syncAgent(ctx, agent, all, flags.from, flags["dry-run"]);
        done.push(one);
        const [name, base] = [oneLine(one.branch), oneLine(one.base)];
        if (one.from === one.to) ctx.out.note(`${name} has all of ${base}`);
        else ctx.out.done(flags["dry-run"] ? `${base} would be brought into ${name}, without conflicts` : `synced: ${name} with ${base}`);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        refused++;
        if (error instanceof Conflicts && (await settleConflict(ctx, error, { handOver: flags["hand-over"] && !flags["dry-run"], ask: !flags["dry-run"] && !flags.json }))) continue;
        if (agents.length === 1) throw error;
        ctx.out.error(error.message, error.hint, error.detail);
      }
    }
    if (flags.json) ctx.out.json(done);
    return refused > 0 ? EXIT.refused : EXIT.done;
  },
});
