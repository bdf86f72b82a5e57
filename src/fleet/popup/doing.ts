// What an action of the key table is handed, and what it gives back.
import type { ActionName, AttemptName } from "../../base/keys";
import type { Agent, Repo } from "../../base/model";
import { oneLine } from "../../base/text";
import type { Terminal } from "../../ports/terminal";
import type { Out } from "../../ui/out";
import type { AgentPorts } from "../agents";
import type { View } from "./view";

export interface ActPorts extends AgentPorts {
  env: Record<string, string | undefined>;
  out: Out;
  terminal: Terminal;
  cwd: string;
  findRepo(): Promise<Repo | null>;
  repo(): Promise<Repo>;
}

/** `show` is the preview of what tmux can't show by itself. */
export type ActName = ActionName | AttemptName | "show";

export interface Act {
  name: ActName;
  ids: readonly string[];
  /** The terminal that is moved, or told. */
  client: string | undefined;
  /** The pane that all began in. */
  pane: string | undefined;
  /** The popup's directory; undefined outside of one. */
  view: string | undefined;
  /** Of `choice`. */
  choice: number | undefined;
  binary: string;
}

export interface Doing extends ActPorts {
  act: Act;
  /** Those under the cursor, or marked. */
  agents: Agent[];
  /** Every agent there is. */
  all: Agent[];
  openView: View | null;
  /** Nothing is left that the view could show: it is closed once this action has told what came of it. */
  closeView(): void;
}

/** Returns a line to be told, or nothing. A UserError is told in its place, Cancelled as nothing. */
export type Deed = (doing: Doing) => Promise<string | void>;

/** `fix-login`, or `3 agents`. */
export function namesOf(agents: readonly Agent[]): string {
  return agents.length === 1 ? oneLine(agents[0]!.branch) : `${agents.length} agents`;
}
