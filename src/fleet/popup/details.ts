// What is known of one agent, as lines for a preview.
import { readFileSync } from "node:fs";
import type { Agent } from "../../base/model";
import { oneLine, stripControl } from "../../base/text";
import type { Store } from "../../ports/store";
import { statusText } from "../../ui/columns";
import { askLines } from "../answer/lines";
import { costText, tokensText } from "../../ui/spent";
import { askOf } from "../ask";
import { readOverview } from "../tokens/overview";

/** `now` in epoch seconds. */
export function detailLines(agent: Agent, store: Store, now: number): string[] {
  const { record } = agent;
  const ask = askOf(agent);
  // As the last list has read it: a preview waits for nothing.
  const spent = agent.spent ?? readOverview(store.home).agents[record.id]?.spent ?? null;
  const facts: [string, string][] = [
    ["branch", agent.branch],
    ["status", `${statusText(agent, now)}${agent.reason ? `, ${agent.reason}` : ""}`],
    ["kind", record.kind],
    ["base", record.base.branch ?? record.base.commit.slice(0, 12)],
    ["tokens", tokensText(spent)],
    ["cost", costText(spent)],
    ["batch", record.batch ?? ""],
    ["repo", record.main],
    ["worktree", record.worktree],
    ["created", record.created.slice(0, 16).replace("T", " ")],
    ["id", record.id],
  ];
  const prompt = promptOf(store, record.id);
  return [
    ...facts.filter(([, value]) => value !== "").map(([name, value]) => `${name.padEnd(9)} ${oneLine(value)}`),
    ...(ask ? ["", "asks", ...askLines(ask)] : []),
    ...(prompt === null ? [] : ["", "prompt", ...stripControl(prompt).split("\n").map((line) => `  ${line}`)]),
  ];
}

function promptOf(store: Store, id: string): string | null {
  try {
    return readFileSync(store.path("agents", id, "prompt"), "utf8");
  } catch {
    return null;
  }
}
