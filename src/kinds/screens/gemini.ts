// The screens of Gemini CLI and of Qwen Code, which began as its copy: a box or a list that asks, or the input box.
import { failureReason } from "../reports/failures";
import type { Answer, Ask, ScreenReading } from "../kind";
import { choiceLike, joined, lowestMenu, type Menu, moveAndEnter, rows, RULE, unboxed } from "./rows";

const INPUT = /^ ?> {1,3}\S/;

export function readGeminiScreen(screen: readonly string[]): ScreenReading | null {
  return read(screen, "●", /^✦/);
}

export function readQwenScreen(screen: readonly string[]): ScreenReading | null {
  return read(screen, "›", /^\s*◆/);
}

function read(screen: readonly string[], cursor: string, answer: RegExp): ScreenReading | null {
  // The input box is between two rules; a prompt above it as well, at another place.
  const lines = rows(screen).map((line) => line.replace(/\s*[│█]$/, "").trimEnd());
  const bottom = lines.findLastIndex((line) => RULE.test(line));
  const top = lines.slice(0, Math.max(0, bottom)).findLastIndex((line) => RULE.test(line));
  const isInput = top >= 0 && bottom - top >= 2 && INPUT.test(lines[top + 1] ?? "") && lines.length - bottom <= 8 && isLowest(lines, bottom);
  if (isInput) return atInput(lines, top, bottom, answer);
  const plain = unboxed(rows(screen));
  const menu = lowestMenu(plain, cursor);
  // Below a dialog stands at most the line that says so.
  return menu && menu.selected !== null && plain.slice(menu.last + 1).filter((line) => /[^\s╰╯─]/.test(line)).length <= 2 ? dialog(plain, menu) : null;
}

/** A prompt in the transcript has the same rules; below the input box's stand only hints. */
function isLowest(lines: readonly string[], bottom: number): boolean {
  return !lines.slice(bottom + 1).some((line) => /^\s*[╭╰│]/.test(line));
}

function atInput(lines: readonly string[], top: number, bottom: number, answer: RegExp): ScreenReading {
  const text = lines.slice(top + 1, bottom).map((line) => line.replace(/^ ?[> ] {1,2}/, "").replaceAll("\u200b", "").trimEnd()).join("\n").trim();
  const draft = text && !/^Type your message or @/.test(text) ? { draft: text } : {};
  const above = lines.slice(0, top).filter((line) => line.trim() !== "");
  // The state stands right above, with a rule and a hint between at most.
  const state = above.slice(-4);
  if (state.some((line) => /^\s{0,3}\S{1,2}\s.*\((esc to cancel, \d|\d+[hms][^)]* · esc to cancel)/.test(line))) return { status: "working", ...draft };
  const from = lines.slice(0, top).findLastIndex((line) => answer.test(line) || /^\s*✕ /.test(line) || /^\s{1,2}> /.test(line));
  const first = lines[from] ?? "";
  if (from < 0 || /^\s{1,2}> /.test(first)) return { status: "idle", ...draft };
  const rest = lines.slice(from, top);
  const end = rest.findIndex((line, i) => i > 0 && (line.trim() === "" || RULE.test(line)));
  const said = joined(rest.slice(0, end < 0 ? undefined : end)).replace(/^[✦◆✕]\ufe0e?\s*/, "");
  if (!/^\s*✕/.test(first)) return { status: "idle", said, ...draft };
  return { status: "idle", reason: failureReason(said), said, ...draft };
}

function dialog(plain: readonly string[], menu: Menu): ScreenReading {
  const body = plain.slice(0, menu.first);
  const at = body.findLastIndex((line) => /^\s*\S.*\?$/.test(line) && !/^\s*\? /.test(line));
  const trust = body.some((line) => /Do you trust/.test(line));
  const login = body.some((line) => /How would you like to authenticate|Get started|Select Authentication/i.test(line));
  const isTool = /^\s*(Allow execution of|Apply this change|Allow|Do you want to proceed|Would you like to)/.test(body[at] ?? "");
  const what = trust ? "trust" : login ? "login" : isTool ? "permission" : "question";
  const text = what === "permission" ? asked(body, at) : joined(body.slice(Math.max(0, trust ? body.findIndex((line) => /Do you trust/.test(line)) : at)));
  const ask: Ask = { what, text, choices: menu.choices, selected: menu.selected! };
  return { status: "waiting", reason: what, ask };
}

/** The tool's row, `? Shell touch a`, begins what is asked for; the command stands again in full below it. */
function asked(body: readonly string[], question: number): string {
  const head = body.slice(0, question).findLastIndex((line) => /^\s*\? /.test(line));
  const shown = joined(body.slice(head + 1, question).filter((line) => !/^\s*[╭╰]/.test(line)));
  return shown || joined(body.slice(Math.max(0, head), question)).replace(/^\? */, "") || joined(body.slice(question));
}

export function geminiAnswerKeys(ask: Ask, answer: Answer): string[][] | null {
  const { choices } = ask;
  const take = (index: number) => (index < 0 || index >= choices.length ? null : moveAndEnter(ask.selected, index));
  switch (answer.is) {
    case "choice":
      return take(answer.n - 1);
    case "yes":
      return take(choiceLike(choices, /^(Allow once|Yes, allow once|Yes\b|Trust folder)/));
    case "always":
      return take(choiceLike(choices, /^(Allow for this session|Always allow|Allow always|Yes, (and )?always|Yes, allow always)/));
    case "no":
      return ask.what === "trust" ? take(choiceLike(choices, /^Don't trust/)) : ask.what === "login" ? null : [["Escape"]];
    case "text":
      return null;
  }
}
