import { JSON_FLAG } from "../base/command";
import { defineCommand } from "../context";

export default defineCommand({
  name: "path",
  group: "Look",
  summary: "print the path of an agent's worktree",
  args: [{ name: "name", doc: "the agent; in an agent's pane, that agent", optional: true, completes: "agent" }],
  flags: { json: JSON_FLAG },
  examples: [{ run: 'cd "$(fleet path login-form)"', does: "go to the agent's files" }],
  async run(ctx, { args, flags }) {
    const { selectAgent } = await import("../fleet/select");
    const { branch, record } = await selectAgent(ctx, args.name, "path");
    if (flags.json) ctx.out.json({ id: record.id, branch, worktree: record.worktree });
    else ctx.out.answer(record.worktree);
  },
});
