// What an agent asks, between its session's option and the shape that kinds speak. Pure.
import type { Agent } from "../base/model";
import { stripControl } from "../base/text";
import type { Ask } from "../kinds/kind";

/** Bytes that an Ask may take as an option: a batch of tmux commands has to fit beside it. */
const LIMIT = 2_000;
const KINDS_OF_ASK: readonly Ask["what"][] = ["permission", "question", "trust", "login"];

/** An Ask as one line of JSON within the limit; its text is cut, never its choices' number. */
export function askOption(ask: Ask): string {
  for (let room = LIMIT; ; room = Math.floor(room / 2)) {
    const short = (text: string, length: number) => {
      const clean = stripControl(text);
      return clean.length > length ? `${clean.slice(0, length)}…` : clean;
    };
    const text = short(ask.text, room);
    const isCut = ask.cut || text !== stripControl(ask.text);
    const json = JSON.stringify({ what: ask.what, text, choices: ask.choices.map((choice) => short(choice, Math.max(8, room >> 2))), ...(isCut ? { cut: true } : {}) });
    if (Buffer.byteLength(json) <= LIMIT || room < 16) return json;
  }
}

/** What the agent's session says that it asks; null when nothing, or when it can't be read. */
export function askOf(agent: Pick<Agent, "ask">): Ask | null {
  if (agent.ask === "") return null;
  try {
    const { what, text, choices, cut } = JSON.parse(agent.ask) as Partial<Ask>;
    if (!KINDS_OF_ASK.includes(what!) || typeof text !== "string" || !Array.isArray(choices)) return null;
    return { what: what!, text, choices: choices.map(String), ...(cut === true ? { cut } : {}) };
  } catch {
    return null;
  }
}

/** What an agent asks as JSON has it. Pure. */
export function askRow(ask: Ask | null) {
  if (!ask) return null;
  const { field, ...row } = ask;
  return { ...row, cut: ask.cut === true };
}

/**
 * true when what a screen asks is what was read before: of one kind, with as many choices, and in the same words. A report and a screen
 * break lines differently, and either may be cut.
 */
export function isSameAsk(read: Ask, shown: Ask): boolean {
  if (read.what !== shown.what || read.choices.length !== shown.choices.length) return false;
  if (!read.choices.every((choice, i) => sameWords(choice, shown.choices[i]!))) return false;
  return sameWords(read.text, shown.text);
}

function sameWords(a: string, b: string): boolean {
  const [one, other] = [squeeze(a), squeeze(b)];
  if (one === other) return true;
  if (!one || !other) return false;
  return (a.endsWith("…") && other.startsWith(one)) || (b.endsWith("…") && one.startsWith(other));
}

/** Without all that depends on where a line is broken, and on the bars beside it. */
export function squeeze(text: string): string {
  return text.replace(/[\s│┃|]+/g, "").replace(/…$/, "");
}
