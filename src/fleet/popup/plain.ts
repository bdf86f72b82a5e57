// The same without fzf: an agent, then an action, each from a list.
import { Cancelled, EXIT, UserError } from "../../base/errors";
import { ACTION_KEYS, type ActionName, ATTEMPT_KEYS, type AttemptName } from "../../base/keys";
import { oneLine } from "../../base/text";
import { choose } from "../../ui/ask";
import { changesText, statusText } from "../../ui/columns";
import { hold } from "../../ui/hold";
import { loadAgents } from "../agents";
import { repoName } from "../find";
import { runAct } from "./act";
import type { Act, ActPorts } from "./doing";
import { pickerOrder } from "./lines";

const NOT_HERE: readonly ActionName[] = ["mark", "preview", "filter", "help", "renew", "close", "choice"];
const NOT_IN_COMPARISON: readonly AttemptName[] = ["preview", "filter", "renew", "help", "close"];

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
      if (name === "compare") {
        if (await compareWithoutFzf(ports, id, { client, pane, binary })) return EXIT.done;
        continue;
      }
      const code = await runAct(ports, { name, ids: id === "" ? [] : [id], client, pane, view: undefined, choice: undefined, binary });
      if (name === "switch" && code === 0) return EXIT.done;
      if (code === 0 && name !== "diff" && name !== "logs") await hold(ports.out);
    } catch (error) {
      if (error instanceof Cancelled) return EXIT.done;
      throw error;
    }
  }
}

/** The attempts of an agent's batch, the best first, and what is done with one; true when the person went to it. */
async function compareWithoutFzf(ports: ActPorts, id: string, means: Pick<Act, "client" | "pane" | "binary">): Promise<boolean> {
  const [{ comparedOf }, { comparedAttempts }, { lastCheck }, { attemptText, rank }] = await Promise.all([import("../compare/pick"), import("../compare/rows"), import("../compare/checks"), import("../compare/rank")]);
  for (;;) {
    const now = ports.now() / 1000;
    const agents = await loadAgents(ports, { git: true });
    const one = agents.find(({ record }) => record.id === id);
    try {
      if (!one) throw new UserError("that agent is gone");
      const { ids, label } = comparedOf(one, agents, ports.store);
      const attempts = rank(comparedAttempts(ids, agents, ports.store, now), { lowest: lastCheck(ports.store, ids)?.lowest ?? false });
      const chosen = await choose(`Which attempt of ${oneLine(label)}?  (Esc goes back)`, attempts.map((attempt) => ({
        value: attempt.agent.record.id,
        label: oneLine(attempt.agent.branch),
        hint: [attemptText(attempt, now), `${attempt.files?.length ?? "·"} files`, changesText(attempt.agent), statusText(attempt.agent, now)].filter(Boolean).join("  "),
      })));
      const name = await choose("What is to be done?  (Esc goes back)", ATTEMPT_KEYS.filter((row) => !NOT_IN_COMPARISON.includes(row.name)).map((row) => ({ value: row.name, label: row.doc }))).catch(backOnCancel);
      if (name === null) continue;
      const code = await runAct(ports, { name, ids: [chosen], ...means, view: undefined, choice: undefined });
      if (name === "switch" && code === 0) return true;
      if (code === 0 && name !== "diff" && name !== "output") await hold(ports.out);
      id = chosen;
    } catch (error) {
      if (error instanceof Cancelled) return false;
      if (!(error instanceof UserError)) throw error;
      ports.out.error(error.message, error.hint);
      await hold(ports.out);
      return false;
    }
  }
}

function backOnCancel(error: unknown): null {
  if (error instanceof Cancelled) return null;
  throw error;
}
