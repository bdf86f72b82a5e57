// opencode's screen: a panel that asks, or the input box with its footer; right of them a bar, where the screen is wide.
import { stripControl } from "../../base/text";
import { failureReason } from "../reports/failures";
import type { Answer, Ask, ScreenReading } from "../kind";
import { joined, lowestMenu, rows } from "./rows";

// Left of prompts, panels and results; further right stand notes that go by themselves.
const BAR = /^ {2}┃/;
const PANEL = /^\s*┃ {2}△ (Permission required|Always allow)$/;
const BUTTONS = /^\s*┃\s+(Allow once {2,}Allow always {2,}Reject|Confirm {2,}Cancel)\b/;
const OWN = "Type your own answer";
const QUESTION = /^\s*┃\s+↑↓ select {2,}enter submit {2,}esc dismiss\b/;

/** `screen` with SGR sequences or without: which button is marked, they alone tell. */
export function readOpencodeScreen(screen: readonly string[]): ScreenReading | null {
  const lines = withoutBar(rows(screen.map(stripControl)));
  const panel = lines.findLastIndex((line) => PANEL.test(line));
  const end = lines.findLastIndex((line) => /^\s*╹▀+$/.test(line));
  if (panel > end) return permission(lines, panel, screen);
  const question = lines.findLastIndex((line) => QUESTION.test(line));
  if (question > end) return lines.length - question <= 3 ? choice(lines, question) : null;
  const title = openDialog(screen.map((line) => stripControl(line).trimEnd()));
  if (title !== null) return ownDialog(title);
  // Before the first prompt the box stands in the middle.
  const isLow = lines.length - end <= 4 || /^\s+tab agents {2,}ctrl\+p commands$/.test(lines[end + 1] ?? "");
  return end >= 0 && isLow ? atInput(lines, end) : null;
}

/** The bar ends with the program's name and version, and begins where that stands, two columns off. */
function withoutBar(lines: readonly string[]): string[] {
  const last = lines.at(-1) ?? "";
  const at = /\s{2}• OpenCode \d[\w.+-]*$/.exec(last)?.index;
  if (at === undefined) return [...lines];
  const columns = Bun.stringWidth(last.slice(0, at));
  return lines.map((line) => {
    let [used, cut] = [0, ""];
    for (const char of line) {
      used += Bun.stringWidth(char);
      if (used > columns) break;
      cut += char;
    }
    return cut.trimEnd();
  });
}

/**
 * The title of a dialog of its own, as its command palette and its list of models: it stands in the middle over all else, without a
 * border, `Title … esc` in its first row and the rest below its title.
 */
function openDialog(lines: readonly string[]): string | null {
  // The longest row ends some columns before the terminal does: about in the middle is enough.
  const width = Math.max(...lines.map((line) => Bun.stringWidth(line)));
  for (const [i, line] of lines.entries()) {
    const [, before = "", title = "", gap = ""] = /^(.*?\s{2,})(\S+(?: \S+)*)(\s{2,})esc(?:\/enter)?(?:\s{2,}.*)?$/.exec(line) ?? [];
    if (title === "") continue;
    const [left, right] = [Bun.stringWidth(before), Bun.stringWidth(before + title + gap) + 3];
    const below = lines.slice(i + 1).find((row) => row.slice(before.length).trim() !== "");
    if (Math.abs(left - (width - right)) <= 16 && left > 4 && /^\s\S/.test(below?.slice(before.length - 1) ?? "")) return title;
  }
  return null;
}

/** Opened by a person, whose it is to go on with. */
function ownDialog(title: string): ScreenReading {
  const what = title === "Connect a provider" ? "login" : "question";
  return { status: "waiting", reason: what, ask: { what, text: title, choices: [] } };
}

function inner(line: string): string {
  return line.replace(/^\s*┃ {0,2}/, "").trimEnd();
}

function permission(lines: readonly string[], panel: number, screen: readonly string[]): ScreenReading | null {
  const buttons = lines.findIndex((line, i) => i > panel && BUTTONS.test(line));
  if (buttons < 0) return null;
  const choices = BUTTONS.exec(lines[buttons]!)![1]!.split(/ {2,}/);
  const selected = markedButton(screen[buttons] ?? "", choices);
  const rows = lines.slice(panel + 1, buttons).map(inner);
  // `# Shell command` in its first row; further down it is a comment of the command's own.
  const body = /^\s*# /.test(rows[0] ?? "") ? rows.slice(1) : rows;
  const text = joined(body).replace(/^\$ /, "");
  // It cuts a command higher than its panel, without a word, and shows nothing at all of one that is much higher.
  const isCut = lines.slice(panel, buttons).some((line) => /^\s*┃\s+# Shell command$/.test(line)) && (text === "" || text.includes("\n"));
  const ask: Ask = { what: "permission", text, choices, ...(isCut ? { cut: true } : {}), ...(selected === null ? {} : { selected }) };
  return { status: "waiting", reason: "permission", ask };
}

/** The marked button has another background than the panel, and the words right of the buttons have the panel's. */
function markedButton(row: string, choices: readonly string[]): number | null {
  const backgrounds = new Map<string, string>();
  let background = "";
  for (const part of row.split(/(\u001b\[[\d;]*m)/)) {
    const codes = /^\u001b\[([\d;]*)m$/.exec(part)?.[1];
    if (codes === undefined) for (const word of [...choices, "confirm"]) if (part.includes(word)) backgrounds.set(word, background);
    const set = codes === undefined ? null : /(?:^|;)(48;[25];[\d;]+|4[0-79]|10[0-7])/.exec(codes);
    if (set) background = set[1]!;
    else if (codes === "" || codes === "0") background = "";
  }
  const marked = choices.flatMap((choice, i) => (backgrounds.get(choice) === backgrounds.get("confirm") ? [] : [i]));
  return marked.length === 1 ? marked[0]! : null;
}

function choice(lines: readonly string[], footer: number): ScreenReading | null {
  const from = lines.slice(0, footer).findLastIndex((line) => !BAR.test(line));
  const body = lines.slice(from + 1, footer).map(inner);
  // Below the choice for words of one's own opens its field, whose rows may have numbers too, further right.
  const menu = lowestMenu(body.map((line) => line.replace(/^ {3}.*/, "")), "›");
  if (!menu) return null;
  // The one that was taken has a mark, for the moment until its question goes.
  const choices = menu.choices.map((choice) => choice.replace(/ ✓$/, ""));
  // In it stand the words of its choice until something is typed.
  const last = menu.choices.at(-1) === OWN ? body.slice(menu.last + 1).filter((line) => line.trim() !== "") : [];
  const ask: Ask = { what: "question", text: joined(body.slice(0, menu.first)), choices, ...(last.length > 0 ? { field: joined(last) === OWN ? "" : joined(last) } : {}) };
  return { status: "waiting", reason: "question", ask };
}

function atInput(lines: readonly string[], end: number): ScreenReading {
  // The input box: rows with the bar, above the row that names agent and model.
  let top = end - 1;
  while (top > 0 && /^\s*┃/.test(lines[top - 1]!)) top--;
  const text = joined(lines.slice(top, end - 1).map(inner));
  const draft = text && !/^Ask anything(\.\.\.|…)?( "[^"]*")?$/.test(text) ? { draft: text } : {};
  const state = lines[end + 1] ?? "";
  if (/^\s*\S* +esc (again to )?interrupt\b/.test(state)) return { status: "working", ...draft };
  // Its seconds, and what is smaller than the first figure, would be news at every look.
  const [, error, length, attempt] = /^\s*\S* +(\S.*?) \[retrying(?: in (\d+[dhm])?[^\]]*?)?(?: (attempt #\d+))?\]/.exec(state) ?? [];
  if (error !== undefined) return { status: "working", reason: [error, length && `again in ${length}`, attempt].filter(Boolean).join(" · "), ...draft };
  const mark = lines.slice(0, top).findLastIndex((line) => /^\s+▣ {2}/.test(line));
  if (mark < 0 || /· interrupted$/.test(lines[mark]!)) return { status: "idle", ...draft };
  const above = lines.slice(0, mark).map((line) => line.trimEnd());
  const last = above.findLastIndex((line) => line !== "");
  const from = above.slice(0, last).findLastIndex((line) => (BAR.test(above[last]!) ? line === "" : BAR.test(line)));
  const said = joined(above.slice(from + 1, last + 1).map(inner));
  if (!BAR.test(above[last] ?? "")) return { status: "idle", ...(said && isDone(lines[mark]!) ? { said } : {}), ...draft };
  // A box right above the mark is an error, but where it is the prompt of a turn that said nothing.
  const before = above.slice(0, from + 1).findLast((line) => line !== "");
  if (isDone(lines[mark]!) || before === undefined || /^\s+▣ {2}/.test(before)) return { status: "idle", ...draft };
  return { status: "idle", reason: failureReason(said), said, ...draft };
}

/** A turn that came to its end has its length. */
function isDone(mark: string): boolean {
  return / · [\dhms .]+$/.test(mark);
}

/** Buttons in a row, and the screen's colours tell which is marked; a question's choices are taken by their digits. */
export function opencodeAnswerKeys(ask: Ask, answer: Answer): string[][] | null {
  if (ask.what === "question") {
    // In an open text field a digit is one more letter; Esc closes it.
    if (ask.field !== undefined && answer.is !== "text") {
      const keys = opencodeAnswerKeys({ what: ask.what, text: ask.text, choices: ask.choices }, answer);
      return keys && [["Escape"], ...keys];
    }
    const own = ask.choices.indexOf(OWN);
    if (answer.is === "text") return own < 0 || own > 8 ? null : ask.field === "" ? [] : [[String(own + 1)]];
    if (answer.is === "no") return [["Escape"]];
    if (ask.choices.length === 0) return null;
    // Its own answer is words.
    return answer.is === "choice" && answer.n <= Math.min(9, ask.choices.length) && answer.n !== own + 1 ? [[String(answer.n)]] : null;
  }
  if (ask.what !== "permission") return null;
  const press = (label: string, ...then: string[][]): string[][] | null => {
    const to = ask.choices.indexOf(label);
    if (to < 0) return null;
    const steps = to - (ask.selected ?? 0);
    return [...Array.from({ length: Math.abs(steps) }, () => [steps > 0 ? "Right" : "Left"]), ["Enter"], ...then];
  };
  const confirming = ask.choices.includes("Confirm");
  switch (answer.is) {
    case "yes":
      return press(confirming ? "Confirm" : "Allow once");
    case "always":
      // Confirmed in a panel of its own, which opens on its Confirm.
      return confirming ? press("Confirm") : press("Allow always", ["Enter"]);
    case "no":
      return [["Escape"]];
    case "choice": {
      const label = ask.choices[answer.n - 1];
      return label === undefined ? null : label === "Allow always" ? press(label, ["Enter"]) : /^(Reject|Cancel)$/.test(label) ? [["Escape"]] : press(label);
    }
    case "text":
      return null;
  }
}
