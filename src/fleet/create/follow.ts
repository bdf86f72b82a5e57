// Watching a new agent come up: setup, then the program.
import { UserError } from "../../base/errors";
import { stripControl } from "../../base/text";
import { capturePane } from "../../ports/tmux/panes";
import type { Tmux } from "../../ports/tmux/call";
import { type FleetPane, listFleetPanes } from "../../ports/tmux/sessions";

const LOOK_MS = 60;
// A program that can't start (a wrong flag, a missing login) ends within this time.
const SETTLE_MS = 400;

/** Proof that the agent did not come up: its setup or its program ended. Anything else that goes wrong proves nothing. */
export class StartFailure extends UserError {}

export interface FollowOptions {
  onStep(step: string): void;
  signal: AbortSignal;
  setupLog: string;
  lastLines(): string;
  /** Many followers share one look at tmux; it began no earlier than `after` (performance.now()), when the session was there. */
  look?: ((after: number) => Promise<FleetPane[] | null>) | undefined;
}

/** Wait until the program of agent `id` runs. Throws UserError when setup or the program fails, with its last lines. */
export async function followStart(tmux: Tmux, id: string, options: FollowOptions): Promise<"up" | "aborted"> {
  const look = options.look ?? (() => listFleetPanes(tmux));
  const began = performance.now();
  let runningSince: number | null = null;
  for (;;) {
    if (options.signal.aborted) return "aborted";
    const panes = await look(began);
    if (panes === null) throw new UserError("the tmux server ended while the agent was coming up", { hint: "fleet start NAME" });
    const pane = panes.find((row) => row.options.id === id && row.options.pane === row.pane);
    if (!pane) throw new StartFailure("the session ended while the agent was coming up", { hint: "fleet list" });
    const { status, step } = pane.options;
    if (status === "exited" && pane.options.exit !== "0") throw await startFailure(tmux, pane, options);
    if (status === "starting" && step) options.onStep(step);
    if (status !== "starting" || step === "") {
      runningSince ??= performance.now();
      const reported = status !== "starting" && status !== "unknown";
      if (reported || performance.now() - runningSince > SETTLE_MS) return "up";
    }
    await Bun.sleep(LOOK_MS);
  }
}

async function startFailure(tmux: Tmux, pane: FleetPane, options: { setupLog: string; lastLines(): string }): Promise<StartFailure> {
  const { reason, kind } = pane.options;
  const setup = reason.startsWith("setup");
  const lines = setup ? options.lastLines() : lastWords(await capturePane(tmux, pane.pane, { history: true }));
  return new StartFailure(setup ? reason : `${kind} ended at once with ${reason}`, {
    detail: lines || undefined,
    hint: setup ? `the whole log: ${options.setupLog}` : `fleet create … --keep leaves it for a look`,
  });
}

/** The last 20 lines that say something, without the wrapper's own. */
function lastWords(screen: string): string {
  const lines = stripControl(screen).split("\n").map((line) => line.trimEnd());
  return lines.filter((line) => line && !line.startsWith("[fleet]")).slice(-20).join("\n");
}
