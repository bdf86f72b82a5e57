import { JSON_FLAG } from "../base/command";
import { defineCommand } from "../context";

export default defineCommand({
  name: "diff",
  group: "Look",
  summary: "show all that an agent changed since its base, uncommitted and untracked too",
  args: [{ name: "name", doc: "the agent; in an agent's pane, that agent", optional: true, completes: "agent" }],
  flags: {
    stat: { type: "boolean", doc: "files and line counts" },
    "name-only": { type: "boolean", doc: "only the names of files" },
    json: { ...JSON_FLAG, doc: "print the files as JSON, with how each was changed and its lines" },
  },
  examples: [
    { run: "fleet diff login-form", does: "the whole change, in git's pager" },
    { run: "fleet diff login-form --stat", does: "how much, and where" },
  ],
  async run(ctx, { args, flags }) {
    const [{ selectAgent }, { changesOfAgent, diffAgent }] = await Promise.all([import("../fleet/select"), import("../fleet/diff")]);
    const agent = await selectAgent(ctx, args.name, "diff");
    if (flags.json) return ctx.out.json(await changesOfAgent(ctx.git, agent));
    return diffAgent(ctx.git, agent, [...(flags.stat ? ["--stat"] : []), ...(flags["name-only"] ? ["--name-only"] : [])]);
  },
});
