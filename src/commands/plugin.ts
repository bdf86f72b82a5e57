import { DRY_RUN_FLAG } from "../base/command";
import { EXIT, UserError } from "../base/errors";
import { defineCommand } from "../context";

export default defineCommand({
  name: "plugin",
  group: "Set up",
  summary: "print the tmux commands of the plugin: its keys and the status line",
  doc: `What fleet.tmux runs, for a tmux.conf without it. The keys are those of the @fleet-key-… options of the running server; a key that is
bound to something else is left out, and fleet doctor names it.

--remove takes back all that the plugin has set in the running server: keys and options. Agents stay, and so does tmux.conf.`,
  args: [],
  flags: {
    remove: { type: "boolean", doc: "take it all back in the running server" },
    "dry-run": { ...DRY_RUN_FLAG, doc: "with --remove: print the commands, run none" },
  },
  examples: [
    { run: "fleet plugin", does: "show what the plugin sets" },
    { run: "fleet plugin | tmux source-file -", does: "set it in the running server" },
    { run: "fleet plugin --remove", does: "take it back" },
  ],
  changes: ({ flags }) => flags.remove,
  async run(ctx, { flags }) {
    const { planPlugin, planRemoval } = await import("../fleet/plugin/plugin");
    const { sourceLines } = await import("../ports/tmux/call");
    if (flags["dry-run"] && !flags.remove) throw new UserError("--dry-run is for --remove: without it nothing is run", { hint: "fleet plugin" });
    if (!flags.remove) {
      const { commands, settled } = await planPlugin(ctx.tmux);
      // fleet.tmux looks for this line.
      return ctx.out.answer(`${settled ? "# settled\n" : ""}${sourceLines(commands)}`);
    }
    const removal = await planRemoval(ctx.tmux);
    if (removal === null) ctx.out.note("no tmux server runs: nothing is set");
    else if (flags["dry-run"]) ctx.out.answer(sourceLines(removal.commands));
    else {
      await ctx.tmux.call(removal.commands);
      ctx.out.done(removal.keys.length === 0 ? "the plugin had no key; its options are unset" : `unbound: ${removal.keys.join(", ")}`);
      ctx.out.note("it comes back with the line for fleet in tmux.conf");
    }
    return EXIT.done;
  },
});
