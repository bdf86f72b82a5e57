import { DRY_RUN_FLAG, JSON_FLAG } from "../base/command";
import { oneLine } from "../base/text";
import { defineCommand } from "../context";

export default defineCommand({
  name: "pr",
  group: "Work",
  summary: "push an agent's branch, and open a pull or merge request for it, or bring new commits to the one that is open",
  doc: `Through gh for GitHub and glab for GitLab, whichever the remote's address asks for. The title is the first line of the prompt, else of the
last commit; the body is the commits. Refused with uncommitted work; never a forced push. The text of a request that is open stays as
it is, unless --edit. Prints the request's address.`,
  args: [{ name: "name", doc: "the agent", completes: "agent" }],
  flags: {
    draft: { type: "boolean", doc: "as a draft; one that is open becomes one" },
    edit: { type: "boolean", short: "e", doc: "edit title and body first, in $EDITOR" },
    into: { type: "string", value: "BRANCH", doc: "into this branch instead of the base", completes: "branch" },
    "dry-run": DRY_RUN_FLAG,
    json: JSON_FLAG,
  },
  examples: [
    { run: "fleet pr login-form --draft", does: "push it, and open a draft" },
    { run: "fleet pr login-form", does: "again later: the new commits go to the same request" },
  ],
  async run(ctx, { args, flags }) {
    const [{ selectAgent }, { loadAgents }, { paneAmong, refuseForeign }, { describeRequest, planRequest, sendRequest }] = await Promise.all([
      import("../fleet/select"), import("../fleet/agents"), import("../fleet/driven"), import("../fleet/forge/request"),
    ]);
    const agent = await selectAgent(ctx, args.name, "pr");
    const agents = await loadAgents(ctx);
    // Its own work an agent may show; that of others is theirs.
    if (agent.record.id !== ctx.env["FLEET_ID"]) refuseForeign(ctx.env, [agent], "pr", paneAmong(agents));
    const plan = await planRequest(ctx, agent, flags.into);
    if (flags["dry-run"]) return describeRequest(plan, flags.draft).forEach((line) => ctx.out.answer(line));
    const sent = await sendRequest(ctx, plan, { draft: flags.draft, edit: flags.edit });
    if (flags.json) ctx.out.json(sent);
    else ctx.out.answer(sent.url);
    ctx.out.done(`${sent.opened ? "opened" : "updated"}: ${oneLine(sent.branch)} into ${oneLine(sent.base)}`);
  },
});
