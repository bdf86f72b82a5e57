// Claude Code's screen, read from the bottom: a dialog's footer, or the input box between two rules and its footer.
import { failureReason } from "../reports/failures";
import type { Answer, Ask, ScreenReading } from "../kind";
import { choiceLike, joined, lowestMenu, type Menu, moveAndEnter, paragraphAbove, rows, RULE } from "./rows";

const DIALOG = /^ {0,2}(Esc to cancel|Enter to select|Enter to confirm)\b.*( · |$)/;
/** With what a turn ends that failed. */
const FAILED = /^(API Error\b|Invalid API key\b|Invalid auth token · |Not logged in · |Login expired · |Anthropic profile login expired · |Please run \/login · API Error\b|You've hit your |Claude (AI )?usage limit )/;
/** Its spinner stands in the first column. */
const SPINNER = /^[·✢✳✶✻✽*] \S/;

export function readClaudeScreen(screen: readonly string[]): ScreenReading | null {
  const lines = rows(screen);
  const footer = lines.findLastIndex((line) => DIALOG.test(line));
  const box = inputBox(lines);
  if (footer >= 0 && (!box || footer > box.bottom) && lines.length - footer <= 3) return dialog(lines, footer);
  return box ? atInput(lines, box) : null;
}

interface Box {
  top: number;
  bottom: number;
}

/** The lowest two rules with `❯` below the upper one. */
function inputBox(lines: readonly string[]): Box | null {
  const bottom = lines.findLastIndex((line) => RULE.test(line));
  const top = lines.slice(0, Math.max(0, bottom)).findLastIndex((line) => RULE.test(line));
  return top >= 0 && lines[top + 1]!.startsWith("❯") ? { top, bottom } : null;
}

function atInput(lines: readonly string[], box: Box): ScreenReading {
  const text = lines.slice(box.top + 1, box.bottom).map((line) => line.slice(2).replaceAll("\u00a0", " ").trimEnd()).join("\n").trim();
  // A suggestion in grey, which is no text of anybody's.
  const draft = text && !/^Try "[^"]*"$/.test(text) ? { draft: text } : {};
  const footer = lines.slice(box.bottom + 1).join(" ");
  if (/\besc to interrupt\b/.test(footer)) return { status: "working", ...retrying(lines.slice(0, box.top)), ...draft };
  if (waitsForHelpers(lines.slice(0, box.top))) return { status: "working", ...draft };
  const refused = refusal(lines.slice(0, box.top));
  if (refused) return { status: "idle", reason: failureReason(refused), said: refused, ...draft };
  const said = lastWords(lines.slice(0, box.top));
  if (FAILED.test(said)) return { status: "idle", reason: failureReason(said), said, ...draft };
  // At the right end of the first line below the box.
  if (!said && / {2}Not logged in · run \/login$/i.test(lines.slice(box.bottom + 1).find((line) => line !== "") ?? "")) return { status: "idle", reason: "login", ...draft };
  return { status: "idle", ...(said ? { said } : {}), ...draft };
}

/** `✻ Waiting for 1 background agent to finish`: it goes on by itself then. */
function waitsForHelpers(above: readonly string[]): boolean {
  return spinner(above)?.match(/^. Waiting for .*\b(agents?|workflows?) to finish$/u) != null;
}

function spinner(above: readonly string[]): string | undefined {
  return above.filter((line) => line.trim() !== "").slice(-4).findLast((line) => SPINNER.test(line));
}

/** In place of the spinner's words: `✻ API error · retrying in 4s · attempt 2/10`. Its seconds would be news at every look. */
function retrying(above: readonly string[]): { reason?: string } {
  const state = spinner(above);
  const [, what, rest] = /^. (\S.*?) · retrying\b([^·]*)/u.exec(state ?? "") ?? [];
  if (what === undefined) return {};
  const end = /\(([^()]+)\)/.exec(rest!)?.[1];
  const attempt = / · (attempt \d+\/\d+)/.exec(state!)?.[1];
  return { reason: [what, end && `resets ${end}`, attempt].filter(Boolean).join(" · ") };
}

/** A prompt that no model was asked has the words for that right below it: `  ⎿  You've hit your 5-hour limit · resets 3pm`. */
function refusal(lines: readonly string[]): string | null {
  const prompt = lines.findLastIndex((line) => line.startsWith("❯"));
  const below = lines.slice(prompt + 1).find((line) => /^\S|^ {2}⎿/.test(line)) ?? "";
  const words = /^ {2}⎿\s+(.*)/.exec(below)?.[1] ?? "";
  return prompt >= 0 && FAILED.test(words) ? words : null;
}

/** The lowest block that begins with ●, unless a prompt stands below it. */
function lastWords(lines: readonly string[]): string {
  const from = lines.findLastIndex((line) => /^[●❯]/.test(line));
  if (from < 0 || !lines[from]!.startsWith("●")) return "";
  const rest = lines.slice(from);
  const end = rest.findIndex((line, i) => i > 0 && (/^\S/.test(line) || /ctrl\+\w/.test(line)));
  return joined(rest.slice(0, end < 0 ? undefined : end)).replace(/^●\s*/, "");
}

function dialog(lines: readonly string[], footer: number): ScreenReading | null {
  const above = lines.slice(0, footer);
  const top = above.findLastIndex((line, i) => /^(─{8,}$|▔{8,})/.test(line) && !/^\s*\d+\./.test(above[i + 1] ?? ""));
  const body = above.slice(top + 1);
  // So far right stand descriptions, and further rows of what a person writes.
  const menu = lowestMenu(body.map((line) => line.replace(/^ {5}.*/, "")), "❯");
  if (menu) {
    const isQuestion = /^ ?Enter to select/.test(lines[footer]!);
    const isCut = !isQuestion && (top < 0 || body.some((line) => /^ \(value cannot be shown in full\b/.test(line)));
    const ask: Ask = {
      what: isQuestion ? "question" : loginWords(body) ? "login" : "permission",
      text: isQuestion ? paragraphAbove(body, skipBlank(body, menu.first)) : command(body.slice(0, menu.first)),
      ...(isQuestion ? withOwnWords(menu) : /^ *Esc to cancel$/.test(lines[footer]!) ? amended(menu) : { choices: menu.choices }),
      ...(isCut ? { cut: true } : {}),
      ...(menu.selected === null ? {} : { selected: menu.selected }),
    };
    return { status: "waiting", ask, reason: ask.what };
  }
  return unnumbered(body);
}

/** Choices without numbers: the questions before the first prompt, as trust. */
function unnumbered(body: readonly string[]): ScreenReading | null {
  const at = body.findLastIndex((line) => /^\s*❯ \S/.test(line));
  if (at < 0) return null;
  const indent = body[at]!.indexOf("❯");
  const isChoice = (line: string | undefined) => line !== undefined && line.trim() !== "" && /^[❯ ] \S/.test(line.slice(indent));
  let [first, last] = [at, at];
  while (isChoice(body[first - 1])) first--;
  while (isChoice(body[last + 1])) last++;
  const choices = body.slice(first, last + 1).map((line) => line.slice(indent + 2).trim());
  const what = body.some((line) => /\btrust\b/i.test(line)) ? "trust" : loginWords(body) ? "login" : "question";
  return { status: "waiting", reason: what, ask: { what, text: joined(body.slice(0, first)), choices, selected: at - first } };
}

function loginWords(body: readonly string[]): boolean {
  return body.some((line) => /\b(API key|log ?in|Select login method)\b/.test(line)) && body.every((line) => !RULE.test(line));
}

/** Between the dotted rules stands what is asked for; without them all of it. */
function command(body: readonly string[]): string {
  const dotted = body.flatMap((line, i) => (/^╌{8,}$/.test(line) ? [i] : []));
  if (dotted.length >= 2) return joined(body.slice(dotted[0]! + 1, dotted.at(-1)).map((line) => line.replace(/^ │ ?/, "")));
  return joined(body);
}

function skipBlank(lines: readonly string[], end: number): number {
  while (end > 0 && lines[end - 1]!.trim() === "") end--;
  return end;
}

/** The choice for words of one's own is its text field: what is typed there takes the place of its label. */
function withOwnWords({ choices, selected }: Menu): Pick<Ask, "choices" | "field"> {
  const chat = choices.indexOf("Chat about this");
  const own = chat > 0 ? chat - 1 : choiceLike(choices, /^(\[.\] )?Type something\.?$/);
  if (own < 0) return { choices };
  // Where several answers can be given, a box stands in front.
  const shown = choices[own]!.replace(/^\[.\] /, "");
  const typed = /^Type something\.?$/.test(shown) ? "" : shown;
  return { choices: typed === "" ? choices : choices.with(own, "Type something."), ...(typed || selected === own ? { field: typed } : {}) };
}

/**
 * Tab has made Yes or No a text field: `Yes, and tell Claude what to do next` in grey, until something is typed, which stays when the
 * cursor goes on. The choice for a pattern of commands is one as soon as it is marked.
 */
function amended({ choices, selected }: Menu): Pick<Ask, "choices" | "field"> {
  const last = choices.length - 1;
  const pattern = /^Yes, and don['’]t ask again for: (.*)$/.exec(choices[selected ?? -1] ?? "")?.[1];
  if (pattern !== undefined) return { choices, field: pattern };
  const at = choices[last] === "No" && choices[0]!.startsWith("Yes, ") ? 0 : choices[0] === "Yes" && choices[last]!.startsWith("No, ") ? last : -1;
  if (at < 0) return { choices };
  const label = at === 0 ? "Yes" : "No";
  const words = choices[at]!.slice(label.length + 2);
  const isEmpty = /^and tell Claude what to do (next|differently)$/.test(words);
  return isEmpty && selected !== at ? { choices } : { choices: choices.with(at, label), field: isEmpty ? "" : words };
}

/** A digit takes a numbered choice at once; Esc denies, and ends the turn. */
export function claudeAnswerKeys(ask: Ask, answer: Answer): string[][] | null {
  const { choices } = ask;
  const take = (index: number): string[][] | null => {
    if (index < 0 || index >= choices.length) return null;
    if (ask.what === "trust" || ask.what === "login") return moveAndEnter(ask.selected, index);
    // The choice for words of one's own only opens its field.
    if (index > 8 || (ask.what === "question" && /^(\[.\] )?Type something/.test(choices[index]!))) return null;
    if (ask.field === undefined) return [[String(index + 1)]];
    // In an open text field a digit is one more letter; Tab closes the one at a permission.
    return ask.what === "permission" && ask.field === "" ? [["Tab"], [String(index + 1)]] : null;
  };
  switch (answer.is) {
    case "choice":
      return take(answer.n - 1);
    case "yes":
      return take(choiceLike(choices, ask.what === "permission" ? /^Yes$/ : /^Yes\b/));
    case "always":
      return take(choiceLike(choices, /^Yes, and (always|don['’]t ask|allow all)/i));
    case "no":
      if (ask.what === "permission" || ask.what === "question") return [["Escape"]];
      return take(choiceLike(choices, /^No\b/));
    case "text": {
      if (ask.field !== undefined) return ask.field === "" ? [] : null;
      const own = choiceLike(choices, /^Type something/);
      return ask.what !== "question" || own < 0 ? null : [[String(own + 1)]];
    }
  }
}
