// Who waits for a person, and how long the longest has waited.
import { fill, icon, is, literal, NOW, part, type Segment, when } from "./segment";

const WIDTH = 60;
const DIGITS = 5;

/** For each session that waits: `text`. What is snoozed until a time is passed over; until a change can't be judged here. */
function eachWaiting(text: string): string {
  return `#{S:${when(is("waiting"), when("#{@fleet_snooze}", when(`#{e|>:#{@fleet_snooze},${NOW}}`, "", text), text))}}`;
}

/** Its wait in whole minutes, of one width. A time that is missing, or to come, is no wait. */
const WAIT = when(`#{&&:#{!=:#{@fleet_since},},#{e|>:${NOW},#{@fleet_since}}}`, `#{=-${DIGITS}:#{e|+:${10 ** DIGITS},#{e|/:#{e|-:${NOW},#{@fleet_since}},60}}} `, `${"0".repeat(DIGITS)} `);

/** PREFIX and the greatest digit that follows it in any number of LIST. */
const NEXT_DIGIT = [9, 8, 7, 6, 5, 4, 3, 2, 1].reduceRight((rest, digit) => when(`#{m:* PREFIX${digit}*,#{l: LIST}}`, `PREFIX${digit}`, rest), "PREFIX0");

/** The greatest of AGES. tmux has no such function: digit by digit, each step filling in what the last one found. */
const LONGEST = Array.from({ length: DIGITS }).reduce<string>((prefix) => `#{E:#{s/PREFIX/${prefix}/:#{s/LIST/AGES/:@fleet_part_digit}}}`, "");

const AGE = when("#{e|<:MINUTES,1}", "<1m", when("#{e|<:MINUTES,60}", "#{e|+:MINUTES,0}m", when("#{e|<:MINUTES,1440}", "#{e|/:MINUTES,60}h", "#{e|/:MINUTES,1440}d")));

export const waiting: Segment = {
  name: "waiting",
  doc: "the names of those that wait, and the longest wait; a click on a name goes to it (tmux 3.4)",
  example: "◐ release, login-form 12m",
  inLine: true,
  format: ({ suffix }) => fill(`waiting${suffix}`, "WAITS", eachWaiting(part("wait"))),
  parts: (pen) => {
    const names = `#{=/${WIDTH}/…:#{s/, $//:${eachWaiting(`${pen.goesTo(literal("@fleet_branch"))}#, `)}}}${pen.suffix === "" ? "#[norange]" : ""}`;
    const text = pen.in("waiting", `${icon("waiting")} ${names} ${fill("age", "MINUTES", fill("longest", "AGES", "WAITS"))}`, true);
    return { wait: WAIT, digit: NEXT_DIGIT, longest: LONGEST, age: AGE, [`waiting${pen.suffix}`]: when("#{!=:#{l:WAITS},}", `${text} `) };
  },
};
