// A conversation as lines for a terminal: whose words they are by a sign at the beginning.
import { oneLine, stripControl, truncate } from "../base/text";
import type { Style } from "./paint";

export interface Said {
  who: "person" | "agent" | "tool" | "note";
  text: string;
}

const TOOL_COLUMNS = 300;

/** `❯` a person, `●` the agent, `→` what it ran, `–` what happened. What they said is data: without control bytes. */
export function conversationLines(turns: readonly Said[], style: Style): string[] {
  return turns.flatMap((turn, i) => [...(i > 0 && !(turn.who === "tool" && turns[i - 1]!.who === "tool") ? [""] : []), ...turnLines(turn, style)]);
}

function turnLines({ who, text }: Said, style: Style): string[] {
  if (who === "tool") return [style("dim", `→ ${truncate(oneLine(text), TOOL_COLUMNS)}`)];
  if (who === "note") return [style("dim", `– ${oneLine(text)}`)];
  const sign = who === "person" ? "❯" : "●";
  const lines = stripControl(text).trim().split("\n").map((line) => line.trimEnd());
  return lines.map((line, i) => {
    const whole = `${i === 0 ? sign : " "} ${line}`.trimEnd();
    return who === "person" && whole !== "" ? style("bold", whole) : whole;
  });
}
