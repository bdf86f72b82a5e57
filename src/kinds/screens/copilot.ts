// GitHub Copilot CLI's screen: a box that asks, or the input box between two rules with its footer.
import { failureReason } from "../reports/failures";
import type { Answer, Ask, ScreenReading } from "../kind";
import { choiceLike, joined, lowestMenu, moveAndEnter, rows, RULE, unboxed } from "./rows";

export function readCopilotScreen(screen: readonly string[]): ScreenReading | null {
  const lines = rows(screen);
  const last = lines.at(-1) ?? "";
  if (/^╰─+╯$/.test(last.trim())) return dialog(unboxed(lines));
  const bottom = lines.findLastIndex((line) => RULE.test(line));
  const top = lines.slice(0, Math.max(0, bottom)).findLastIndex((line) => RULE.test(line));
  if (top < 0 || !lines[top + 1]!.startsWith("❯") || lines.length - bottom > 4) return null;
  const text = lines.slice(top + 1, bottom).map((line) => line.slice(2).trimEnd()).join("\n").trim();
  const draft = text ? { draft: text } : {};
  if (lines.slice(bottom + 1).some((line) => /^ [●◉◎○] \S+/.test(line) && /interrupt/.test(line))) return { status: "working", ...draft };
  const from = lines.slice(0, top).findLastIndex((line) => /^ [●✗!❯$] /.test(line));
  const first = lines[from] ?? "";
  if (!/^ [●✗] /.test(first) || /^ ● (Operation cancelled|Tip:|No copilot-instructions)/.test(first)) return { status: "idle", ...draft };
  const rest = lines.slice(from, top);
  const end = rest.findIndex((line, i) => i > 0 && line.trim() === "");
  const said = joined(rest.slice(0, end < 0 ? undefined : end)).replace(/^[●✗]\s*/, "");
  return { status: "idle", ...(first.startsWith(" ✗") ? { reason: failureReason(said) } : {}), said, ...draft };
}

function dialog(plain: readonly string[]): ScreenReading | null {
  const menu = lowestMenu(plain, "❯");
  if (!menu || menu.selected === null) return null;
  const box = plain.slice(0, menu.first).findLastIndex((line) => /^╭─+╮$/.test(line.trim()) && !/^ /.test(line));
  const body = plain.slice(box + 1, menu.first);
  const trust = body.some((line) => /\btrust\b/i.test(line));
  const permission = body.some((line) => /^\s*Do you want to\b.*\?$/.test(line));
  const what = trust ? "trust" : permission ? "permission" : "question";
  // A command stands in a box of its own.
  const end = what === "permission" ? body.findIndex((line) => /^\s*╰─+╯/.test(line)) : -1;
  const text = joined(body.slice(0, end < 0 ? undefined : end).filter((line) => !RULE.test(line)));
  const ask: Ask = { what, text, choices: menu.choices, selected: menu.selected };
  return { status: "waiting", reason: what, ask };
}

export function copilotAnswerKeys(ask: Ask, answer: Answer): string[][] | null {
  const { choices } = ask;
  const take = (index: number) => (index < 0 || index >= choices.length ? null : moveAndEnter(ask.selected, index));
  switch (answer.is) {
    case "choice":
      return take(answer.n - 1);
    case "yes":
      return take(choiceLike(choices, /^Yes$/));
    case "always":
      return take(choiceLike(choices, /^Yes, and don't ask again/));
    case "no":
      return ask.what === "permission" ? [["Escape"]] : take(choiceLike(choices, /^No\b/));
    case "text":
      return null;
  }
}
