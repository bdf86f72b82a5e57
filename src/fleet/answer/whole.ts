// The whole of a command of which a program's screen has a part only: the call of its tool, from its transcript.
import type { Agent } from "../../base/model";
import type { Ask } from "../../kinds/kind";
import { squeeze } from "../ask";
import { openConversation } from "../tokens/conversation";
import type { TokenPorts } from "../tokens/read";

/** `ask` with all of its text where that can be had; as it is otherwise. For a person to read: a screen is compared with what it showed. */
export async function wholeAsk(ports: TokenPorts, agent: Agent, ask: Ask): Promise<Ask> {
  if (ask.what !== "permission") return ask;
  const calls = (await (await openConversation(ports, agent.record))?.lastCalls()) ?? [];
  return completed(ask, calls);
}

/** A row shorter than this may stand anywhere. */
const TELLING = 12;
/** Of the rows: programs lose a character here and there where they break a line, and say what they hide in rows of their own. */
const ENOUGH = 0.7;

/**
 * The text of the one call of which `ask` shows a part, or all after all. Where it shows nothing of any, the calls that its transcript ends
 * with stand below what it shows, named as what they are. Pure.
 */
export function completed(ask: Ask, calls: readonly string[]): Ask {
  const { cut, ...whole } = ask;
  if (calls.some((call) => squeeze(withoutTool(call)) === squeeze(ask.text))) return whole;
  // A command may hold rows that look like its dialog's own: what seems whole is still compared.
  if (!cut) {
    const longer = new Set(calls.filter((call) => isPartOf(ask.text, withoutTool(call))));
    return longer.size === 1 ? { ...whole, text: withoutTool([...longer][0]!) } : ask;
  }
  const rows = ask.text.split("\n").map(squeeze).filter((row) => row.length >= TELLING);
  const shown = (call: string) => rows.filter((row) => squeeze(call).includes(row)).length;
  const fitting = new Set(calls.filter((call) => rows.length > 0 && shown(call) >= rows.length * ENOUGH));
  const [call, another] = [...fitting];
  if (call !== undefined && another === undefined) return { ...whole, text: withoutTool(call) };
  if (calls.length === 0 || calls.some((one) => shown(one) > 0)) return ask;
  return { ...ask, text: [ask.text, "", calls.length === 1 ? "The last call in its transcript:" : "The last calls in its transcript:", ...calls].join("\n") };
}

/** Every row of `text`, in its order. */
function isPartOf(text: string, call: string): boolean {
  const whole = squeeze(call);
  let at = 0;
  return text.split("\n").map(squeeze).filter(Boolean).every((row) => {
    const found = whole.indexOf(row, at);
    at = found + row.length;
    return found >= 0;
  });
}

/** `Bash touch a` → `touch a`. */
function withoutTool(call: string): string {
  return call.slice(call.indexOf(" ") + 1);
}
