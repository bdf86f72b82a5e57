import { EXIT } from "../base/errors";
import { defineCommand } from "../context";
import type { ActName } from "../fleet/popup/doing";

export default defineCommand({
  name: "act",
  group: "Internal",
  internal: true,
  summary: "one action of the popup's keys, on agents by id",
  args: [
    { name: "action", doc: "its name in the key table" },
    { name: "id", doc: "agents", optional: true, many: true },
  ],
  flags: {
    client: { type: "string", value: "CLIENT", doc: "the tmux client that is moved, or told" },
    pane: { type: "string", value: "PANE", doc: "the pane that all began in" },
    view: { type: "string", value: "DIR", doc: "the popup that it is pressed in" },
    choice: { type: "number", value: "N", doc: "which choice" },
  },
  examples: [{ run: "fleet act yes a1b2", does: "answer yes to what that agent asks" }],
  changes: ({ args }) => !["show", "help", "mark", "renew", "diff", "logs", "copy", "switch", "work", "compare", "output", "check"].includes(args.action),
  async run(ctx, { args, flags }) {
    const binary = process.execPath;
    if (args.action === "work") {
      const { doWork } = await import("../fleet/popup/background");
      return doWork(ctx, binary, flags.client, args.id[0] ?? "");
    }
    const { runAct } = await import("../fleet/popup/act");
    const code = await runAct(ctx, { name: args.action as ActName, ids: args.id, client: flags.client, pane: flags.pane, view: flags.view, choice: flags.choice, binary });
    // A refusal was told on the terminal that pressed the key: its popup has nothing more to show, and only a failure keeps it open.
    const told = flags.client !== undefined && flags.view === undefined;
    return code === 0 || told ? EXIT.done : EXIT.refused;
  },
});
