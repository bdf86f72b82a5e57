import { SELECTION_FLAGS } from "../base/batch-flags";
import { JSON_FLAG } from "../base/command";
import { parseDuration } from "../base/duration";
import { EXIT, UsageError } from "../base/errors";
import { STATUSES, type Status } from "../base/model";
import { defineCommand } from "../context";

export default defineCommand({
  name: "wait",
  group: "Look",
  summary: "wait until agents reach a status: their turn is over, or another one that you name",
  doc: `Ends with 0 when all of them (with --any: one of them) have the status, with 124 when the time is over, and with 3 when one (with
--any: all) ended before. It sleeps until an agent reports, and costs nothing meanwhile. Prints those that got there.`,
  args: [{ name: "name", doc: "agents, or quoted globs", optional: true, many: true, completes: "agent" }],
  flags: {
    status: { type: "strings", value: "STATUS", doc: "the status waited for (default: idle)", choices: STATUSES, completes: "status" },
    any: { type: "boolean", doc: "the first of them is enough" },
    timeout: { type: "string", value: "TIME", doc: "give up after a time such as 90s or 10m" },
    ...SELECTION_FLAGS,
    json: JSON_FLAG,
  },
  examples: [
    { run: "fleet wait login-form && fleet diff login-form", does: "look at its change once the turn is over" },
    { run: "fleet wait 'try-*' --any --status idle --status waiting --timeout 10m", does: "until the first of several needs a look" },
  ],
  async run(ctx, { args, flags }) {
    const wrong = flags.status.find((word) => !(STATUSES as readonly string[]).includes(word));
    if (wrong !== undefined) throw new UsageError(`no such status: ${wrong}`, { hint: STATUSES.join(" ") });
    const limit = flags.timeout === undefined ? null : parseDuration(flags.timeout, "--timeout", { bare: true, zero: true }) * 1000;
    (await import("../ports/sleeper")).beginAsSleeper(ctx.env);
    const began = ctx.now();
    const [{ selectAgents }, { waitForStatus }, { interruptSignal }, { oneLine, shellWord }, { kindsOf }] = await Promise.all([
      import("../fleet/select"),
      import("../fleet/wait"),
      import("../ports/interrupt"),
      import("../base/text"),
      import("../fleet/kind-of"),
    ]);
    const agents = await selectAgents(ctx, args.name, flags);
    const names = new Map(agents.map((agent) => [agent.record.id, oneLine(agent.branch)]));
    const kinds = await kindsOf(ctx);
    const statuses = flags.status.length > 0 ? (flags.status as Status[]) : ["idle" as const];
    // A program that reports nothing would be waited for in silence.
    const unknown = statuses.includes("unknown") ? [] : agents.filter(({ status }) => status === "unknown");
    if (unknown.length > 0) ctx.out.warn(`nothing tells what ${unknown.map(({ branch }) => oneLine(branch)).join(", ")} ${unknown.length === 1 ? "does" : "do"}: this may wait until the program ends`, `fleet explain ${shellWord(unknown[0]!.branch)}`);
    const waited = await waitForStatus(ctx, {
      ids: [...names.keys()],
      statuses,
      any: flags.any,
      lookAgain: ({ record }) => kinds(record.kind).lookAgain,
      deadline: limit === null ? null : began + limit,
      signal: interruptSignal(),
    });
    if (flags.json) {
      const { agentJson } = await import("../fleet/rows");
      ctx.out.json(waited.reached.map((agent) => agentJson(agent, ctx.store)));
    } else {
      for (const agent of waited.reached) ctx.out.answer(`${oneLine(agent.branch)} ${agent.status}`);
    }
    const pending = waited.pending.map((agent) => `${oneLine(agent.branch)} is ${agent.status}`).join(", ");
    if (waited.exit === EXIT.timedOut) ctx.out.error(`timed out after ${flags.timeout}: ${pending}`);
    if (waited.exit === EXIT.agentExited) ctx.out.error(`ended before: ${waited.ended.map((id) => names.get(id) ?? id).join(", ")}`, "fleet list --all");
    return waited.exit;
  },
});
