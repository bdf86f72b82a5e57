// Who waits for a person, and how long the longest has waited.
import { eachAgent, fill, icon, is, literal, NOW, type Segment, when } from "./segment";

const WIDTH = 60;
const DIGITS = 5;
const MOST = 10 ** DIGITS - 1;

// `snooze NAME until-change` can't be judged here: it counts as waiting.
const WAITS = `#{&&:${is("waiting")},#{!=:#{e|>:#{@fleet_snooze},${NOW}},1}}`;
const MINUTES = `#{e|/:#{e|-:${NOW},#{@fleet_since}},60}`;
const CAPPED = when(`#{e|>:${MINUTES},${MOST}}`, String(MOST), when(`#{e|<:${MINUTES},0}`, "0", MINUTES));
/** Minutes of each, all of one width: "00012 00003 ". */
const AGES = eachAgent(when(`#{&&:${WAITS},#{!=:#{@fleet_since},}}`, `#{=-${DIGITS}:#{e|+:${10 ** DIGITS},${CAPPED}}} `));

export const waiting: Segment = {
  name: "waiting",
  doc: "the names of those that wait, and the longest wait; a click on a name goes to it (tmux 3.4)",
  example: "◐ release, login-form 12m",
  inLine: true,
  format: (pen) => {
    const names = eachAgent(when(WAITS, `${pen.goesTo(literal("@fleet_branch"))}#, `));
    const shown = `#{=/${WIDTH}/…:#{s/, $//:${names}}}${pen.suffix === "" ? "#[norange]" : ""}`;
    const text = pen.in("waiting", `${icon("waiting")} ${shown} ${fill("age", "MINUTES", fill("longest", "AGES", AGES))}`, true);
    return when(`#{m:*1*,${eachAgent(WAITS)}}`, `${text} `);
  },
  parts: () => ({ digit: NEXT_DIGIT, longest: LONGEST, age: AGE }),
};

/** PREFIX and the greatest digit that follows it in any number of LIST. */
const NEXT_DIGIT = [9, 8, 7, 6, 5, 4, 3, 2, 1].reduceRight((rest, digit) => when(`#{m:* PREFIX${digit}*,#{l: LIST}}`, `PREFIX${digit}`, rest), "PREFIX0");

/** tmux has no greatest of several numbers: digit by digit, each step filling in what the last one found. */
const LONGEST = Array.from({ length: DIGITS }).reduce<string>((prefix) => `#{E:#{s/PREFIX/${prefix}/:#{s/LIST/AGES/:@fleet_part_digit}}}`, "");

const AGE = when("#{e|<:MINUTES,1}", "<1m", when("#{e|<:MINUTES,60}", "#{e|+:MINUTES,0}m", when("#{e|<:MINUTES,1440}", "#{e|/:MINUTES,60}h", "#{e|/:MINUTES,1440}d")));
