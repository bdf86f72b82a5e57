// Agents as the lines that a picker is given: two hidden fields, a mark, the columns of `fleet list`, and what is only searched. Pure.
import type { Agent } from "../../base/model";
import { oneLine } from "../../base/text";
import { isSnoozed } from "../../base/snooze";
import { agentColumns } from "../../ui/columns";
import type { Style } from "../../ui/paint";
import { renderTable } from "../../ui/table";
import { repoName } from "../find";
import { sortAgents } from "../rows";

/** Lines of the input that stay on top: a message or a summary, and the names of the columns. */
export const HEADER_LINES = 2;

const MARK = "● ";
const NO_MARK = "  ";

// Half a terminal is narrow: what an agent asks and says is worth more there than its figures.
const NARROW: Record<string, { drop?: number; shrinkTo?: number }> = { cpu: { drop: 3 }, mem: { drop: 2 }, ahead: { drop: 4 }, changes: { drop: 5 }, kind: { drop: 6 }, doing: { drop: 7, shrinkTo: 12 } };

export interface Look {
  /** Columns that a line may take. */
  width: number;
  /** Epoch seconds. */
  now: number;
  /** Ids. */
  marked: ReadonlySet<string>;
  /** Stands on top; "" gives the summary. */
  message: string;
  style: Style;
  labelOf(batch: string): string;
}

/** As in a list, but those that wait and are snoozed after the others that wait: the picker opens on the first line. */
export function pickerOrder(agents: readonly Agent[], now: number): Agent[] {
  const late = (agent: Agent) => Number(agent.status === "waiting" && isSnoozed(agent, now));
  const sorted = sortAgents(agents);
  const waiting = sorted.filter((agent) => agent.status === "waiting").sort((a, b) => late(a) - late(b));
  return [...waiting, ...sorted.filter((agent) => agent.status !== "waiting")];
}

/** The whole input of a picker, agents in the order given. */
export function pickerInput(agents: readonly Agent[], look: Look): string {
  const several = new Set(agents.map((agent) => agent.record.repo)).size > 1;
  const columns = agentColumns(look.now, (agent) => (several ? `${oneLine(repoName(agent))}:` : ""), look.labelOf).map((column) => ({ ...column, ...NARROW[column.title] }));
  const [heading = "", ...lines] = renderTable(agents, columns, Math.max(20, look.width - MARK.length), look.style);
  const top = look.message === "" ? look.style("dim", summary(agents)) : look.message;
  const body = agents.map((agent, i) => {
    const shown = `${look.marked.has(agent.record.id) ? look.style("magenta", MARK) : NO_MARK}${lines[i]!}`;
    const room = Math.max(1, look.width - Bun.stringWidth(shown)) + 3;
    return `${agent.record.id}\t${agent.pane ?? "-"}\t${shown}${" ".repeat(room)}${searched(agent, look)}`;
  });
  return `${[`\t\t${top}`, `\t\t${NO_MARK}${heading}`, ...body].join("\n")}\n`;
}

/** Right of what is seen: words by which a filter can ask. */
function searched(agent: Agent, look: Look): string {
  const { record } = agent;
  const words = [`status:${agent.status}`, `repo:${repoName(agent)}`, `kind:${record.kind}`, ...(record.batch === null ? [] : [`batch:${look.labelOf(record.batch)}`])];
  return words.map((word) => oneLine(word).replaceAll(" ", "-")).join(" ");
}

function summary(agents: readonly Agent[]): string {
  if (agents.length === 0) return "no agents here yet: N starts one";
  const count = (status: Agent["status"]) => agents.filter((agent) => agent.status === status).length;
  const parts = (["waiting", "working", "starting", "queued", "idle", "exited", "stopped"] as const).flatMap((status) => (count(status) > 0 ? [`${count(status)} ${status}`] : []));
  return [...parts, "? shows the keys"].join(" · ");
}
