// Telling a person what agents need, on a change only: in tmux, by the terminal around it, on the desktop, by a command.
import { readFileSync } from "node:fs";
import type { Values } from "../base/options";
import { desktopNotice, runWithFacts, writeToTerminal } from "../ports/notice";
import { writeFileAtomic } from "../ports/store";
import { messageAll, outerTerminals, passedThrough } from "../ports/tmux/clients";
import { type AgentPorts, loadAgents } from "./agents";
import { joinNotices, type Notice, noticesOf, type Told } from "./notices";
import { NEEDS, needsInOrder } from "./needs";
import { popupClients } from "./popup/view";
import { loadSettings } from "./settings";
import { BUDGET_WORD, keepNotices } from "./tick-due";

/** Reports that come in one burst are told in one message; between two looks with news is a little time. */
const SETTLE_MS = 150;
const GAP_MS = 2_000;

interface Stored {
  told: Told;
  /** Epoch milliseconds of the last look that found news. */
  at: number;
}

type Ports = AgentPorts & { env: Record<string, string | undefined> };

/** Look once, and tell what is new since the last time. Never fails for a channel that is not there. */
export async function tellNotices(ports: Ports): Promise<void> {
  const { store, now, env } = ports;
  const { values } = await loadSettings({ home: store.home, main: null, common: null, userHome: env["HOME"] ?? "" }, () => {});
  const wanted = values["notify.on"].length > 0 && (values["notify.by"].length > 0 || values["notify.command"] !== "");
  // Where there is a budget, each turn that is over is of interest.
  const budget = values["budget.agent"] > 0 || values["budget.batch"] > 0;
  keepNotices(store.home, budget ? [...NEEDS, BUDGET_WORD] : wanted ? values["notify.on"] : []);
  if (!wanted) return;
  const file = store.path("cache", "told.json");
  const before = read(file);
  await Bun.sleep(Math.max(SETTLE_MS, Math.min(GAP_MS, GAP_MS - (now() - before.at))));
  const agents = await loadAgents(ports, { usage: true });
  const { notices, told } = noticesOf(before.told, agents, { on: values["notify.on"], quiet: values["notify.quiet"] }, new Date(now()));
  if (JSON.stringify(told) !== JSON.stringify(before.told)) writeFileAtomic(file, JSON.stringify({ told, at: now() }));
  if (notices.length === 0) return;
  const order = needsInOrder(agents, now() / 1000).map(({ agent }) => agent.record.id);
  await deliver(ports, notices.sort((a, b) => order.indexOf(a.agent.record.id) - order.indexOf(b.agent.record.id)), values);
}

/** Tell by all channels that the person has chosen. */
export async function deliver({ tmux, env, store }: Pick<Ports, "tmux" | "env" | "store">, notices: readonly Notice[], values: Values): Promise<void> {
  const text = joinNotices(notices);
  const by = new Set(values["notify.by"]);
  const words = [...(by.has("osc9") ? [`\u001b]9;${text.replaceAll(";", ",")}\u0007`] : []), ...(by.has("osc777") ? [`\u001b]777;notify;fleet;${text.replaceAll(";", ",")}\u0007`] : [])];
  const bell = by.has("bell") ? "\u0007" : "";
  const terminals = bell || words.length > 0 ? await outerTerminals(tmux).catch(() => []) : [];
  for (const { tty, isTmux } of terminals) writeToTerminal(tty, bell + (isTmux ? words.map(passedThrough) : words).join(""));
  // tmux draws nothing on a terminal while a message is there, and the popup shows who waits.
  if (by.has("message")) await messageAll(tmux, text, popupClients(store.home)).catch(() => {});
  if (by.has("desktop")) desktopNotice("fleet", text, env);
  if (values["notify.command"] === "") return;
  for (const { need, agent, text } of notices) {
    const { record } = agent;
    runWithFacts(values["notify.command"], env, {
      FLEET_EVENT: need, FLEET_BRANCH: agent.branch, FLEET_ID: record.id, FLEET_KIND: record.kind, FLEET_TEXT: text, FLEET_WORKTREE: record.worktree,
    });
  }
}

function read(file: string): Stored {
  try {
    const { told, at } = JSON.parse(readFileSync(file, "utf8")) as Partial<Stored>;
    return { told: typeof told === "object" && told !== null ? told : {}, at: typeof at === "number" ? at : 0 };
  } catch {
    return { told: {}, at: 0 };
  }
}
