// opencode's screen: a panel that asks for permission, or the input box with its footer.
import type { Answer, Ask, ScreenReading } from "../kind";
import { joined, rows } from "./rows";

export function readOpencodeScreen(screen: readonly string[]): ScreenReading | null {
  const lines = rows(screen);
  const inner = (line: string) => line.replace(/^\s*┃ {0,2}/, "").trimEnd();
  const asks = lines.findLastIndex((line) => /^\s*┃ {2}△ Permission required$/.test(line.trimEnd()));
  const end = lines.findLastIndex((line) => /^\s*╹▀+$/.test(line.trimEnd()));
  if (asks > end) {
    const buttons = lines.findIndex((line, i) => i > asks && /^\s*┃\s+Allow once\s+Allow always\s+Reject\b/.test(line));
    if (buttons < 0) return null;
    const body = lines.slice(asks + 1, buttons).map(inner).filter((line) => !/^\s*# /.test(line));
    const ask: Ask = { what: "permission", text: joined(body).replace(/^\$ /, ""), choices: ["Allow once", "Allow always", "Reject"], selected: 0 };
    return { status: "waiting", reason: "permission", ask };
  }
  if (end < 0 || lines.length - end > 4) return null;
  if (/^\s*\S* +esc (again to )?interrupt\b/.test(lines[end + 1] ?? "")) return { status: "working" };
  // The input box: rows with the bar, above the row that names agent and model.
  let top = end - 1;
  while (top > 0 && /^\s*┃/.test(lines[top - 1]!)) top--;
  const text = joined(lines.slice(top, end - 1).map(inner));
  const draft = text && !/^Ask anything/.test(text) ? { draft: text } : {};
  const mark = lines.slice(0, top).findLastIndex((line) => /^\s+▣ {2}/.test(line));
  if (mark < 0 || /· interrupted$/.test(lines[mark]!)) return { status: "idle", ...draft };
  const from = lines.slice(0, mark).findLastIndex((line) => /^\s*┃/.test(line));
  const said = joined(lines.slice(from + 1, mark));
  return { status: "idle", ...(said ? { said } : {}), ...draft };
}

/** Buttons in a row; the first is marked when the panel opens. `always` is confirmed in a panel of its own. */
export function opencodeAnswerKeys(ask: Ask, answer: Answer): string[][] | null {
  if (ask.what !== "permission") return null;
  if (answer.is === "yes" || (answer.is === "choice" && answer.n === 1)) return [["Enter"]];
  if (answer.is === "always" || (answer.is === "choice" && answer.n === 2)) return [["Right"], ["Enter"], ["Enter"]];
  if (answer.is === "no" || (answer.is === "choice" && answer.n === 3)) return [["Escape"]];
  return null;
}
