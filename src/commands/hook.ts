// main.ts runs a plain `fleet hook EVENT` past the table: this row is its help, and the slow way to the same function.
import { defineCommand } from "../context";

export default defineCommand({
  name: "hook",
  group: "Internal",
  internal: true,
  summary: "take an agent program's report",
  doc:
    "The event's payload, JSON, is read from stdin. The agent and its pane are those of $FLEET_ID and $TMUX_PANE; without them nothing happens. " +
    "Prints nothing and always ends with 0: the program that reports must not notice.",
  args: [
    { name: "event", doc: "the program's name for what happened" },
    { name: "kind", doc: "the built-in kind in whose words the event is; default: $FLEET_KIND", optional: true, completes: "kind" },
    { name: "directory", doc: "the agent's own directory below FLEET_HOME", optional: true, completes: "directory" },
  ],
  flags: {},
  examples: [{ run: `echo '{"message":"done"}' | fleet hook stop demo`, does: "say, in a demo agent's pane, that its turn is over" }],
  async run(ctx, { args }) {
    const { runHook } = await import("../fleet/hook");
    await runHook({ event: args.event, kind: args.kind, directory: args.directory, env: ctx.env, payload: () => Bun.stdin.text(), now: ctx.now() });
  },
});
