// Codex's screen, read from the bottom: a dialog with its choices and footer, or the input box with the state above it.
import { failureReason } from "../reports/failures";
import type { Answer, Ask, ScreenReading } from "../kind";
import { choiceLike, joined, lowestMenu, messageIn, moveAndEnter, rows } from "./rows";

const CONFIRM = /^\s*((press )?enter (to )?(confirm|continue|submit)|tab .*\| enter to submit)/i;
const HEAD = /^ {2}(Would you like to (run|make|grant)|Do you want to approve)\b/;
/** `  Question 1/2 (2 unanswered)`, above one question of a form; the next one comes by itself. */
const QUESTION = /^ {2}Question \d+\/\d+\b/;
/** The choice that takes words of one's own, as notes. */
const OWN = /^None of the above$/;

export function readCodexScreen(screen: readonly string[]): ScreenReading | null {
  const lines = rows(screen);
  const footer = lines.findLastIndex((line) => CONFIRM.test(line));
  // So far right stand further rows of a choice, which may begin with a number.
  // Its first question, of the login, has another cursor.
  const isFirst = /^\s*Welcome to Codex\b/.test(lines.find((line) => line !== "") ?? "");
  const menu = footer >= 0 ? lowestMenu(lines.slice(0, notesAt(lines, footer) ?? footer).map((line) => line.replace(/^ {5}.*/, "")), isFirst ? "›>" : "›") : null;
  if (menu && lines.length - footer <= 2) return question(lines, menu) ?? dialog(lines, menu);
  const input = lines.findLastIndex((line) => /^› ?/.test(line));
  // Below its mark stand the further rows of what is typed, indented as the footer is, and nothing else.
  return input >= 0 && lines.slice(input + 1).every((line) => line === "" || /^ {2}/.test(line)) ? atInput(lines, input) : null;
}

function dialog(lines: readonly string[], menu: NonNullable<ReturnType<typeof lowestMenu>>): ScreenReading {
  const above = lines.slice(0, menu.first);
  // Rows of a command, and the reason that its model gives, may end in a question mark too.
  const head = above.findLastIndex((line, i) => HEAD.test(line) && (above[i - 1] ?? "") === "" && above[i + 1] !== undefined);
  const from = head >= 0 ? head : above.findLastIndex((line) => /^ {0,2}\S.*\?$/.test(line) || /^ {2}(Hooks need review|Question \d)/.test(line));
  const body = lines.slice(Math.max(0, from), menu.first);
  const trust = lines.some((line) => /\bDo you trust\b|^ {2}Trust this folder\?/.test(line));
  const login = lines.some((line) => /Sign in with ChatGPT/.test(line));
  const isCommand = head >= 0 || body.some((line) => /Would you like to (run|make|grant)|Do you want to approve/i.test(line));
  const what = trust ? "trust" : login ? "login" : isCommand ? "permission" : "question";
  // Of what is higher than the terminal it shows the beginning.
  const isCut = what === "permission" && (from < 0 || body.some((line) => /^ *\[… \d+ lines\] \^a view all/.test(line)));
  const ask: Ask = { what, text: command(body) ?? joined(body), choices: menu.choices, ...(isCut ? { cut: true } : {}), ...(menu.selected === null ? {} : { selected: menu.selected }) };
  return { status: "waiting", reason: what, ask };
}

/** Where its notes begin, once Tab has opened them: their rows may have numbers too. */
function notesAt(lines: readonly string[], footer: number): number | null {
  const head = lines.findLastIndex((line) => QUESTION.test(line));
  if (head < 0 || !/^\s*tab or esc to clear notes\b/.test(lines[footer]!)) return null;
  const first = lines.findIndex((line, i) => i > head && /^ {2}[› ] 1\. /.test(line));
  const at = first < 0 ? -1 : lines.findIndex((line, i) => i > first && line === "");
  return at < 0 ? null : at;
}

/** Right of the choices stands what each means. */
function question(lines: readonly string[], menu: NonNullable<ReturnType<typeof lowestMenu>>): ScreenReading | null {
  if (!/^\s*(tab .*\| )?enter to submit/.test(lines.at(-1)!)) return null;
  const head = lines.slice(0, menu.first).findLastIndex((line) => QUESTION.test(line));
  if (head < 0) return null;
  const choices = menu.choices.map((choice) => choice.split(/ {2,}/)[0]!);
  // Its notes, opened with Tab; they go along with any choice.
  const notes = /^\s*tab or esc to clear notes\b/.test(lines.at(-1)!) ? joined(lines.slice(menu.last + 1, -1)).replace(/^› ?/, "") : undefined;
  const field = notes === undefined ? {} : { field: notes === "Add notes" ? "" : notes };
  return { status: "waiting", reason: "question", ask: { what: "question", text: joined(lines.slice(head + 1, menu.first)), choices, ...field, ...(menu.selected === null ? {} : { selected: menu.selected }) } };
}

/** `  $ touch a`, and all further rows: a script has blank ones too. */
function command(body: readonly string[]): string | null {
  const at = body.findIndex((line) => /^ {2}\$ /.test(line));
  if (at < 0) return null;
  return joined(body.slice(at)).replace(/^\$ /, "");
}

function atInput(lines: readonly string[], input: number): ScreenReading {
  // A box as high as the terminal has no footer.
  const blank = lines.findLastIndex((line) => line === "");
  const end = blank > input && lines.length - blank <= 3 ? blank : lines.length;
  const text = lines.slice(input, end).map((line) => line.slice(2)).join("\n").trim();
  // What stands there in grey while nothing is typed.
  const draft = text && !/^(Ask Codex to do anything|Explain this codebase|Summarize recent commits|Implement \{feature\}|Find and fix a bug in @filename|Write tests for @filename|Improve documentation in @filename|Run \/review on my current changes|Use \/skills to list available skills)$/.test(text) ? { draft: text } : {};
  const above = lines.slice(0, input);
  const state = above.findLastIndex((line) => line.trim() !== "");
  const near = above.slice(Math.max(0, state - 3), state + 1);
  if (near.some((line) => /^[•◦] .*\(\d+[hms].*esc to interrupt\)/.test(line))) return { status: "working", ...retrying(near), ...draft };
  const block = above.findLastIndex((line) => /^[•■›✔] ?\S/.test(line) && !/^• (Ran|Running|Explored|Edited|Added|Updated)\b/.test(line));
  const first = above[block] ?? "";
  if (first.startsWith("■") && !/^■ Conversation interrupted/.test(first)) {
    const said = joined(above.slice(block)).replace(/^■\s*/, "");
    return { status: "idle", reason: failureReason(said), said: messageIn(said), ...draft };
  }
  if (!first.startsWith("•")) return { status: "idle", ...draft };
  const stop = above.findIndex((line, i) => i > block && (/^\S/.test(line) || /^ {2}(Worked for |└ Tip: )/.test(line)));
  return { status: "idle", said: joined(above.slice(block, stop < 0 ? undefined : stop)).replace(/^•\s*/, ""), ...draft };
}

/** `• Reconnecting... 3/5 (12s • esc to interrupt)`, and why in the row below. */
function retrying(near: readonly string[]): { reason?: string } {
  const at = near.findLastIndex((line) => /^[•◦] Reconnecting\.\.\. \d+\/\d+ /.test(line));
  if (at < 0) return {};
  const why = /^ {2}└ (.*)/.exec(near[at + 1] ?? "")?.[1];
  return { reason: [why, `attempt ${/\d+\/\d+/.exec(near[at]!)![0]}`].filter(Boolean).join(" · ") };
}

/** Letters stand beside the usual choices; others are reached by moving. */
export function codexAnswerKeys(ask: Ask, answer: Answer): string[][] | null {
  const keys = keysFor(ask, answer);
  // Esc closes its notes, which are empty.
  return keys && ask.field !== undefined ? [["Escape"], ...keys] : keys;
}

function keysFor(ask: Ask, answer: Answer): string[][] | null {
  const { choices } = ask;
  const take = (index: number): string[][] | null => {
    if (index < 0 || index >= choices.length) return null;
    const letter = /\((y|p|a|d|n|esc)\)$/.exec(choices[index]!)?.[1];
    if (letter) return [[letter === "esc" ? "Escape" : letter]];
    return moveAndEnter(ask.selected, index);
  };
  switch (answer.is) {
    case "choice":
      return take(answer.n - 1);
    case "yes":
      return take(choiceLike(choices, ask.what === "trust" ? /^(Yes\b|Trust and continue)/ : /^Yes\b(?!,? and)/));
    case "always":
      return take(choiceLike(choices, /^Yes, and don't ask again/));
    case "no":
      return ask.what === "permission" || choices.some((choice) => OWN.test(choice)) ? [["Escape"]] : take(choiceLike(choices, /^No\b/));
    case "text": {
      const own = choiceLike(choices, OWN);
      return ask.what !== "question" || own < 0 ? null : [...moveAndEnter(ask.selected, own).slice(0, -1), ["Tab"]];
    }
  }
}
