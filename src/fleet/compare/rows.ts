// The rows of an open comparison: which agents it is of, in which order, and what their checks said.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Agent, Attempt } from "../../base/model";
import type { Store } from "../../ports/store";
import { quickStyle } from "../../ui/paint";
import { listWidth, message, type Rows, type View } from "../popup/view";
import { checkOf, isRunning, lastCheck, readCheck } from "./checks";
import { attemptsOf, figuresOf } from "./compare";
import { attemptInput } from "./lines";
import { rank } from "./rank";

/** What a comparison was opened on. */
export interface Compared {
  ids: string[];
  label: string;
}

export function keepCompared(view: View, compared: Compared): void {
  writeFileSync(file(view), JSON.stringify(compared));
}

export function readCompared(view: View): Compared {
  return JSON.parse(readFileSync(file(view), "utf8")) as Compared;
}

function file(view: View): string {
  return join(view.folder, "compared.json");
}

/** Those that are there of a comparison, with what is known of each; in no order. `now` in epoch seconds. */
export function comparedAttempts(ids: readonly string[], agents: readonly Agent[], store: Pick<Store, "path">, now: number): Attempt[] {
  const last = lastCheck(store, ids)?.run;
  return attemptsOf(agents.filter(({ record }) => ids.includes(record.id)), now, (agent) => {
    const known = readCheck(store, agent.record.id);
    // Results of different commands say nothing of each other.
    const check = known?.run === last ? known : null;
    return checkOf(agent, check, check !== null && isRunning(check), figuresOf(agent));
  });
}

/**
 * Lines stay where they are, as in the list; those that are new or forgotten come in the order of their results. `now` in epoch seconds.
 */
export function attemptRows(view: View, compared: Compared, agents: readonly Agent[], store: Pick<Store, "path">, now: number): Rows & { attempts: Attempt[] } {
  const last = lastCheck(store, compared.ids);
  const ranked = rank(comparedAttempts(compared.ids, agents, store, now), { lowest: last?.lowest ?? false });
  const before = orderBefore(view);
  const place = ({ agent }: Attempt) => (before.includes(agent.record.id) ? before.indexOf(agent.record.id) : before.length);
  const attempts = [...ranked].sort((a, b) => place(a) - place(b));
  const text = attemptInput(attempts, { width: listWidth(view), now, label: compared.label, run: last?.run ?? null, message: message(view), style: quickStyle });
  return { text, order: attempts.map(({ agent }) => agent.record.id), attempts };
}

function orderBefore(view: View): string[] {
  try {
    return readFileSync(join(view.folder, "order"), "utf8").split("\n").filter(Boolean);
  } catch {
    return [];
  }
}
