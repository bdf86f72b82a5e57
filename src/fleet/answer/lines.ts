// An agent's need and question as lines for a person. Pure.
import type { Agent } from "../../base/model";
import { oneLine, stripControl } from "../../base/text";
import type { Ask } from "../../kinds/kind";
import { ageText } from "../../ui/columns";
import type { Need } from "../needs";

/** `release  permission  2m  May I tag?`; `now` in epoch seconds. */
export function needLine(agent: Agent, need: Need, now: number): string {
  return [oneLine(agent.branch), need, ...(agent.since === null ? [] : [ageText(now - agent.since)]), oneLine(agent.doing)].filter(Boolean).join("  ");
}

/** What is asked, line ends kept, and whether that is not all of it; then the choices with their numbers. */
export function askLines(ask: Ask): string[] {
  const text = stripControl(ask.text).trimEnd().split("\n").map((line) => `  ${line.trimEnd()}`);
  return [...text, ...(ask.cut ? ["  (this may not be all of it: its program shows a part)"] : []), ...ask.choices.map((choice, i) => `  ${i + 1}  ${oneLine(choice)}`)];
}
