// The same without fzf: an agent, then an action, each from a list.
import { Cancelled, EXIT } from "../../base/errors";
import { ACTION_KEYS, type ActionName } from "../../base/keys";
import { oneLine } from "../../base/text";
import { choose } from "../../ui/ask";
import { statusText } from "../../ui/columns";
import { hold } from "../../ui/hold";
import { loadAgents } from "../agents";
import { repoName } from "../find";
import { runAct } from "./act";
import type { Act, ActPorts } from "./doing";
import { pickerOrder } from "./lines";

const NOT_HERE: readonly ActionName[] = ["mark", "preview", "filter", "help", "renew", "close", "choice"];

/** Until the person leaves it, or goes to an agent. */
export async function pickWithoutFzf(ports: ActPorts, { client, pane, binary }: Pick<Act, "client" | "pane" | "binary">): Promise<number> {
  ports.out.note("without fzf 0.29 or newer on PATH the list is a plain one");
  for (;;) {
    const now = ports.now() / 1000;
    const agents = pickerOrder(await loadAgents(ports), now);
    try {
      const id = await choose("Which agent?  (Esc closes)", [
        ...agents.map((agent) => ({ value: agent.record.id, label: `${oneLine(repoName(agent))}:${oneLine(agent.branch)}`, hint: `${statusText(agent, now)}  ${oneLine(agent.doing)}` })),
        { value: "", label: "none of them" },
      ]);
      const actions = ACTION_KEYS.filter((row) => !NOT_HERE.includes(row.name) && (id === "" ? row.on === "none" : true));
      const name = await choose("What is to be done?  (Esc goes back)", actions.map((row) => ({ value: row.name as ActionName, label: row.doc }))).catch(backOnCancel);
      if (name === null) continue;
      const code = await runAct(ports, { name, ids: id === "" ? [] : [id], client, pane, view: undefined, choice: undefined, binary });
      if (name === "switch" && code === 0) return EXIT.done;
      if (code === 0 && name !== "diff" && name !== "logs") await hold(ports.out);
    } catch (error) {
      if (error instanceof Cancelled) return EXIT.done;
      throw error;
    }
  }
}

function backOnCancel(error: unknown): null {
  if (error instanceof Cancelled) return null;
  throw error;
}
