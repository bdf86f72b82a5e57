// Which news a person is told, once each, and in which words. Pure.
import type { Agent } from "../base/model";
import { oneLine, truncate } from "../base/text";
import { isSnoozed } from "../base/snooze";
import { type Need, needOf } from "./needs";

export interface Notice {
  need: Need | "budget";
  agent: Agent;
  text: string;
}

/** What was last known of each agent's need, by id: nobody is told of the same twice. */
export type Told = Record<string, string>;

export interface NoticeWish {
  on: readonly string[];
  /** "22:00-08:00", or "". */
  quiet: string;
}

const TEXT_COLUMNS = 120;
const MOST = 3;

/** The notices due, and what is known now. What one looks at and what comes in quiet hours counts as told; what is snoozed comes later. */
export function noticesOf(told: Told, agents: readonly Agent[], wish: NoticeWish, now: Date): { notices: Notice[]; told: Told } {
  const notices: Notice[] = [];
  const next: Told = {};
  const quiet = isQuiet(wish.quiet, now);
  for (const agent of agents) {
    const { id } = agent.record;
    const need = needOf(agent);
    if (need === null) continue;
    if (isSnoozed(agent, now.getTime() / 1000)) {
      if (told[id] !== undefined) next[id] = told[id];
      continue;
    }
    next[id] = `${need} ${agent.since} ${need === "done" || need === "error" ? "" : agent.ask || agent.doing}`;
    if (next[id] !== told[id] && !quiet && !agent.attached && wish.on.includes(need)) notices.push({ need, agent, text: noticeText(agent, need) });
  }
  return { notices, told: next };
}

/** "release asks: May I tag 1.0.0?" */
function noticeText(agent: Agent, need: Need): string {
  const what = { permission: "asks a permission", question: "asks", error: agent.status === "exited" ? "ended" : "failed", done: "is done" }[need];
  const words = oneLine(need === "error" && agent.status === "exited" ? (agent.reason ?? String(agent.exit ?? "")) : agent.doing);
  return truncate(`${oneLine(agent.branch)} ${what}${words ? `: ${words}` : ""}`, TEXT_COLUMNS);
}

/** Many in one line: the most urgent first, the rest counted. */
export function joinNotices(notices: readonly Notice[]): string {
  if (notices.length <= 1) return notices[0]?.text ?? "";
  const shown = notices.slice(0, MOST).map(({ text }) => truncate(text, 50));
  return [...shown, ...(notices.length > MOST ? [`${notices.length - MOST} more`] : [])].join(" · ");
}

/** Hours may go past midnight. */
export function isQuiet(hours: string, now: Date): boolean {
  const [, fromHour, fromMinute, toHour, toMinute] = /^(\d\d):(\d\d)-(\d\d):(\d\d)$/.exec(hours) ?? [];
  if (toMinute === undefined) return false;
  const [from, to] = [Number(fromHour) * 60 + Number(fromMinute), Number(toHour) * 60 + Number(toMinute)];
  const minute = now.getHours() * 60 + now.getMinutes();
  return from <= to ? minute >= from && minute < to : minute >= from || minute < to;
}
