// What an agent has shown: its pane's history while it has a session, what was kept of it after.
import { readFileSync } from "node:fs";
import { UserError } from "../base/errors";
import type { Agent } from "../base/model";
import { oneLine, shellWord, stripControl } from "../base/text";
import type { Store } from "../ports/store";
import type { Tmux } from "../ports/tmux/call";
import { capturePane } from "../ports/tmux/panes";
import { setupLogPath } from "./setup";

/**
 * The text of an agent's pane, oldest first, without blank lines at the end. `colours` keeps SGR sequences.
 * An ended program's last screen was kept by the wrapper; throws UserError when nothing was.
 */
export async function agentLog(ports: { tmux: Tmux; store: Store }, agent: Agent, options: { screen: boolean; colours: boolean }): Promise<string> {
  const kept = agent.status === "exited" || agent.status === "stopped" ? readKept(ports.store, agent) : null;
  if (kept !== null && !(options.screen && agent.pane)) return clean(kept, options.colours);
  if (agent.pane) return clean(await capturePane(ports.tmux, agent.pane, { history: !options.screen, colours: options.colours }), options.colours);
  throw new UserError(`nothing was kept of what ${oneLine(agent.branch)} showed: its session was not ended by fleet`, {
    hint: `fleet diff ${shellWord(agent.branch)}   (its work is there)`,
  });
}

function readKept(store: Store, agent: Agent): string | null {
  for (const file of [store.path("agents", agent.record.id, "screen"), setupLogPath(store, agent.record.id)]) {
    try {
      return readFileSync(file, "utf8");
    } catch {
      // The next one.
    }
  }
  return null;
}

/** capture-pane gives text and, with colours, SGR; anything else in a kept file is not tmux's. */
function clean(text: string, colours: boolean): string {
  const lines = text.split("\n").map((line) => (colours ? line.split(/(\u001b\[[0-9;:]*m)/).map((part, i) => (i % 2 ? part : stripControl(part))).join("") : stripControl(line)).trimEnd());
  while (lines.length > 0 && lines.at(-1) === "") lines.pop();
  return lines.join("\n");
}

/** The lines of `now` that come after what `before` showed: where the end of `before` is found again in `now`. Pure. */
export function newLines(before: readonly string[], now: readonly string[]): string[] {
  const same = (from: number) => before.slice(from).every((line, i) => line === now[i]);
  for (let from = 0; from < before.length; from++) if (same(from)) return now.slice(before.length - from);
  return [...now];
}
