// GitHub Copilot CLI's screen: a box that asks, or the input box between two rules with its footer.
import { failureReason } from "../reports/failures";
import type { Answer, Ask, ScreenReading } from "../kind";
import { choiceLike, joined, lowestMenu, moveAndEnter, rows, RULE, unboxed } from "./rows";

const NO = "No, and tell Copilot what to do differently (Esc to stop)";

export function readCopilotScreen(screen: readonly string[]): ScreenReading | null {
  // A long transcript has a bar at its right.
  const lines = rows(screen.map((line) => line.replace(/(^|\s+)[┃█]\s*$/, "")));
  const last = lines.at(-1) ?? "";
  if (/^╰─+╯$/.test(last.trim())) return dialog(unboxed(lines));
  // Its `/login` stands without a box.
  if (/^ ↑\/↓ to navigate · enter to select\b/.test(last)) return dialog(lines.slice(0, -1));
  const bottom = lines.findLastIndex((line) => RULE.test(line));
  const top = lines.slice(0, Math.max(0, bottom)).findLastIndex((line) => RULE.test(line));
  if (bottom === lines.length - 1 && isForm(lines, bottom)) return form(lines.slice(top + 1, bottom - 1));
  if (isForm(lines, top - 1)) return form(lines.slice(lines.slice(0, top - 1).findLastIndex((line) => RULE.test(line)) + 1, top - 2), lines.slice(top + 1, bottom));
  if (top < 0 || !lines[top + 1]!.startsWith("❯") || lines.length - bottom > 4) return null;
  const text = lines.slice(top + 1, bottom).map((line) => line.slice(2).trimEnd()).join("\n").trim();
  const draft = text ? { draft: text } : {};
  // In a turn's first seconds its hint is another, and after one Esc.
  if (lines.slice(bottom + 1).some((line) => /^ [●◉◎○] \S+.*\b(interrupt|esc (esc|again to) edit prompt)\b/.test(line))) return { status: "working", ...draft };
  const above = lines.slice(0, top).filter((line) => line.trim() !== "");
  const word = above.slice(-2).find((line) => /^Please use \/login to sign in\b/.test(line));
  if (above.slice(-2).some((line) => /^[●◉◎○] Compacting conversation history\b/.test(line))) return { status: "working", ...draft };
  if (word) return { status: "idle", reason: "login", said: word, ...draft };
  const from = lines.slice(0, top).findLastIndex((line) => /^ [●✗!❯$] /.test(line));
  const first = lines[from] ?? "";
  if (!/^ [●✗] /.test(first) || /^ ● (Operation cancelled|Tip:|No copilot-instructions)/.test(first)) return { status: "idle", ...draft };
  const rest = lines.slice(from, top);
  const end = rest.findIndex((line, i) => i > 0 && line.trim() === "");
  const said = joined(rest.slice(0, end < 0 ? undefined : end)).replace(/^[●✗]\s*/, "");
  return { status: "idle", ...(first.startsWith(" ✗") ? { reason: failureReason(said) } : {}), said, ...draft };
}

/** The rule below a question's form; below that stands the text field of its last choice, once that is marked. */
function isForm(lines: readonly string[], rule: number): boolean {
  return RULE.test(lines[rule] ?? "") && /^ ↑\/↓ select · enter accept\b/.test(lines[rule - 1] ?? "");
}

/** A question's form: its text, then fields with their names. Keys for several fields are a person's to press. */
function form(body: readonly string[], own: readonly string[] = []): ScreenReading {
  const at = body.findIndex((line) => /^ ❯ \S/.test(line));
  const isChoice = (line: string | undefined) => line !== undefined && /^ [❯ ] \S/.test(line);
  let [first, last] = [at, at];
  while (isChoice(body[first - 1])) first--;
  while (isChoice(body[last + 1])) last++;
  const fields = body.filter((line) => /^ \S.*:$/.test(line)).length;
  const name = body.findIndex((line) => /^ \S.*:$/.test(line));
  const text = joined(body.slice(0, name < 0 ? first : name).filter((line) => line !== " Copilot needs information."));
  const single = at >= 0 && fields <= 1;
  const choices = single ? body.slice(first, last + 1).map((line) => line.slice(3).trim().replace(/^(Other \(type your answer) below\)$/, "$1)")) : [];
  const typed = joined(own.map((line) => line.replace(/^❯/, "")));
  const field = own.length === 0 ? {} : { field: typed === "Type your answer..." ? "" : typed };
  return { status: "waiting", reason: "question", ask: { what: "question", text, choices, ...field, ...(single ? { selected: at - first } : {}) } };
}

function dialog(plain: readonly string[]): ScreenReading | null {
  const menu = lowestMenu(plain, "❯");
  if (!menu || menu.selected === null) return null;
  const box = plain.slice(0, menu.first).findLastIndex((line) => /^╭─+╮$/.test(line.trim()) && !/^ /.test(line));
  const login = plain.slice(0, menu.first).findLastIndex((line) => /^ What account do you want to log into\?$/.test(line));
  const body = plain.slice(login >= 0 ? login : box + 1, menu.first);
  const trust = body.some((line) => /\btrust\b/i.test(line));
  const permission = body.some((line) => /^\s*Do you want to\b.*\?$/.test(line));
  const what = login >= 0 ? "login" : trust ? "trust" : permission ? "permission" : "question";
  // A command stands in a box of its own.
  const end = what === "permission" ? body.findIndex((line) => /^\s*╰─+╯/.test(line)) : -1;
  const text = joined(body.slice(0, end < 0 ? undefined : end).filter((line) => !RULE.test(line) && !/^\s*╰─+╯$/.test(line)));
  // One that is higher than the terminal is shown from its end.
  const isCut = what === "permission" && box < 0;
  const ask: Ask = { what, text, choices: menu.choices, ...(isCut ? { cut: true } : {}), selected: menu.selected };
  const at = menu.choices.length - 1;
  const last = menu.choices[at]!;
  // While it is marked its words give way to those that a person writes there.
  const isWritten = what === "permission" && menu.selected === at && last !== NO && (/ \(Esc to stop\)$/.test(last) || !/^No\b/.test(last));
  return { status: "waiting", reason: what, ask: isWritten ? { ...ask, choices: menu.choices.with(at, NO), field: last.replace(/ \(Esc to stop\)$/, "") } : ask };
}

export function copilotAnswerKeys(ask: Ask, answer: Answer): string[][] | null {
  const { choices } = ask;
  const take = (index: number) => (index < 0 || index >= choices.length ? null : moveAndEnter(ask.selected, index));
  switch (answer.is) {
    case "choice":
      // By Enter they only open a box for words.
      if (ask.what === "question" && /^Other \(type your answer/.test(choices[answer.n - 1] ?? "")) return null;
      return ask.what === "permission" && /^No\b.*\(Esc\b/.test(choices[answer.n - 1] ?? "") ? [["Escape"]] : take(answer.n - 1);
    case "yes":
      return take(choiceLike(choices, /^Yes$/));
    case "always":
      return take(choiceLike(choices, /^Yes, and don't ask again/));
    case "no":
      return ask.what === "permission" || ask.what === "question" ? [["Escape"]] : take(choiceLike(choices, /^No\b/));
    case "text": {
      // Its box opens as soon as the cursor stands there.
      const own = choiceLike(choices, /^Other \(type your answer/);
      return ask.what !== "question" || own < 0 ? null : moveAndEnter(ask.selected, own).slice(0, -1);
    }
  }
}
