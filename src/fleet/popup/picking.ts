// A picker over a view's rows, from its start to what came of it: what the list and a comparison share.
import { join } from "node:path";
import { UserError } from "../../base/errors";
import { shellQuote } from "../../base/text";
import { type Fzf, pick, type Picking } from "../../ui/picker/fzf";
import type { PickerSpec } from "../../ui/picker/options";
import { type AgentPorts, loadAgents } from "../agents";
import { HEADER_LINES } from "./lines";
import { takeNote, type View } from "./view";

type Environment = Record<string, string | undefined>;

export interface Shown extends Pick<PickerSpec, "prompt" | "preview" | "follow" | "keys"> {
  /** sh that ends once there may be other rows. */
  wait: string;
}

/** Show the view's rows, which are `input` now, with the cursor on line `at`. */
export function showRows(fzf: Fzf, view: View, { wait, ...shown }: Shown, input: string, at: number, env: Environment): Picking {
  const file = (name: string) => shellQuote(join(view.folder, name));
  const list = `cat ${file("rows")}`;
  return pick(fzf, {
    ...shown,
    filterPrompt: "filter: ",
    headerLines: HEADER_LINES,
    side: view.side,
    filter: { key: "/", command: `: >${file("filter")}` },
    leave: { keys: ["esc", "q"], command: `printf %s {1} >${file("at")}` },
    list,
    later: `${wait}; ${list}`,
    at,
  }, input, env);
}

export type Outcome = { is: "agent" | "filter left" | "compare"; id: string } | { is: "closed" };

/** Throws UserError where fzf could not run. */
export async function outcomeOf(fzf: Fzf, view: View, picking: Picking): Promise<Outcome> {
  const { chosen, failed } = await picking.over;
  if (failed !== null) throw new UserError(`fzf ended with ${failed}: ${fzf.path}`, { hint: "fleet doctor" });
  const filtered = takeNote(view, "filter") !== null;
  if (chosen) return { is: "agent", id: chosen.split("\t")[0]! };
  const compared = takeNote(view, "compare");
  if (compared !== null) return { is: "compare", id: compared };
  return filtered ? { is: "filter left", id: takeNote(view, "at") ?? "" } : { is: "closed" };
}

/** Why it could not be gone to, and with which key it is started, where there is one; null when the terminal shows it. */
export async function goToAgent(ports: AgentPorts & { env: Environment }, id: string, client: string | undefined, startKey?: string): Promise<string | null> {
  const { goTo } = await import("../attach");
  const agent = (await loadAgents(ports)).find((one) => one.record.id === id);
  if (!agent) return "that agent is gone";
  try {
    await goTo(ports.tmux, ports.env, agent, client);
    return null;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return `${error.message}${agent.session === null && startKey !== undefined ? `: ${startKey} starts it` : ""}`;
  }
}
