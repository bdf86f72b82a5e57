// The screens of Gemini CLI and of Qwen Code, which began as its copy: a box or a list that asks, or the input box.
import { failureReason } from "../reports/failures";
import type { Answer, Ask, ScreenReading } from "../kind";
import { choiceLike, joined, lowestMenu, type Menu, messageIn, moveAndEnter, paragraphAbove, rows, RULE, unboxed } from "./rows";

// `>`, or `!` while a line goes to a shell, or `*` while nothing is asked.
const INPUT = /^ ?[>!*] {1,3}\S/;

/** The choice that takes words of one's own. */
const OWN = /^(Enter a custom value|Type something)/;

/** From a rule over hints down: a box between half blocks, where the terminal has too few colours for those, blank rows, and without any (NO_COLOR) rules. */
export function readGeminiScreen(screen: readonly string[]): ScreenReading | null {
  const lines = rows(screen);
  const ruleAbove = (end: number) => lines.slice(0, Math.max(0, end)).findLastIndex((line) => /^─{8,}$/.test(line));
  const lowest = ruleAbove(lines.length);
  const top = ruleAbove(lowest);
  const isRuled = top >= 0 && !lines.slice(lowest).some((line) => INPUT.test(line)) && INPUT.test(lines[top + 1]!);
  const hints = isRuled ? ruleAbove(top) : -1;
  const rule = !isRuled ? lowest : hints >= 0 && top - hints <= 3 ? hints : top;
  const at = isRuled ? top + 1 : rule < 0 ? -1 : lines.findIndex((line, i) => i > rule && INPUT.test(line));
  if (at >= 0 && at - rule <= 5 && isLowest(lines, at)) {
    const end = lines.findIndex((line, i) => i > at && (RULE.test(line) || /^ (workspace \(\/directory\)|~?\/)/.test(line)));
    return atInput(lines.slice(0, end < 0 ? undefined : end), { above: rule, from: at }, /^✦/);
  }
  return dialogOn(rows(screen), "●");
}

export function readQwenScreen(screen: readonly string[]): ScreenReading | null {
  // The input box is between two rules; a prompt above it as well, at another place.
  const lines = rows(screen).map((line) => line.replace(/\s*[│█]$/, "").trimEnd());
  const bottom = lines.findLastIndex((line) => RULE.test(line));
  const top = lines.slice(0, Math.max(0, bottom)).findLastIndex((line) => RULE.test(line));
  const isInput = top >= 0 && bottom - top >= 2 && INPUT.test(lines[top + 1] ?? "") && lines.length - bottom <= 8 && isLowest(lines, bottom);
  if (isInput) {
    const reading = atInput(lines.slice(0, bottom), { above: top, from: top + 1 }, /^\s*◆/);
    // Agents of its own in the background: it goes on by itself when they end. Commands that it left running are no reason.
    const helps = lines.slice(bottom + 1).some((line) => / · [^·]*\b\d+ local agents?\b(?! paused)/.test(line));
    return helps && reading.status === "idle" ? { status: "working", ...(reading.draft ? { draft: reading.draft } : {}) } : reading;
  }
  // Its cursor has two shapes; right of a long transcript stands a bar.
  const plain = rows(screen.map((line) => line.replace(/\s*█\s*$/, "")));
  return providers(plain) ?? dialogOn(plain, "›❯");
}

function dialogOn(lines: readonly string[], cursor: string): ScreenReading | null {
  const plain = unboxed(lines);
  const menu = lowestMenu(plain, cursor);
  // Its question stays there until it has done so, which takes seconds, and begins with warnings below it.
  if (lines.slice(menu ? menu.last + 1 : -1).some((line) => /^ *\S.* is restarting to apply the trust changes/.test(line))) return { status: "starting" };
  if (!menu || menu.selected === null) return null;
  // Below a dialog, or its box, stands at most the line that says so.
  const end = lines.findIndex((line, i) => i > menu.last && !/^\s*│/.test(line));
  const below = end >= 0 && /^ ?╰─+╯?$/.test(lines[end]!) ? end : menu.last;
  if (plain.slice(below + 1).filter((line) => /[^\s╰╯─]/.test(line)).length > 3) return null;
  // Gemini puts its dialogs into a box, Qwen below the row of the tool that asks.
  const isBoxed = /^\s*│/.test(lines[menu.first]!);
  const from = lines.slice(0, menu.first).findLastIndex((line) => (isBoxed ? /^ ?╭─+╮$/ : /^ {0,3}\? \S/).test(line));
  const reading = dialog(plain.slice(isBoxed ? from + 1 : Math.max(0, from), menu.first), plain.slice(menu.last + 1), menu);
  // Gemini works at its first prompt behind the question of trust (0.61.0), and keys go to a dialog above it too: no choice is safe.
  const other = isBoxed && from > 0 && reading.ask?.what === "trust" ? lowestMenu(plain.slice(0, from), cursor) : null;
  return other && other.selected !== null ? { ...reading, ask: { ...reading.ask!, text: `${reading.ask!.text}\n(and another dialog stands above it)`, choices: [] } } : reading;
}

/** Qwen's first question without a login: a box of its own, choices without numbers, each with a line on it. */
function providers(lines: readonly string[]): ScreenReading | null {
  const top = lines.findLastIndex((line) => /^\s*┌─+┐?$/.test(line));
  if (top < 0 || !/^\s*└─+┘?$/.test(lines.at(-1)!)) return null;
  const body = unboxed(lines.slice(top + 1, -1));
  const head = body.findIndex((line) => line !== "");
  if (head < 0 || body[head] !== "Connect a Provider") return null;
  const rule = body.findIndex((line) => RULE.test(line));
  const menu = body.slice(head + 1, rule < 0 ? undefined : rule);
  const names = menu.filter((line, i) => /^[› ] \S/.test(line) && (menu[i - 1] ?? "") === "");
  const selected = names.findIndex((line) => line.startsWith("›"));
  if (selected < 0) return null;
  return { status: "waiting", reason: "login", ask: { what: "login", text: body[head]!, choices: names.map((line) => line.slice(2)), selected } };
}

/** A prompt in the transcript has the same rules; below the input box's stand only hints. */
function isLowest(lines: readonly string[], bottom: number): boolean {
  return !lines.slice(bottom + 1).some((line) => /^\s*[╭╰│]/.test(line));
}

function atInput(lines: readonly string[], { above: top, from: box }: { above: number; from: number }, answer: RegExp): ScreenReading {
  const typed = lines.slice(box).map((line) => line.replace(/^ ?[>!* ] {1,2}/, "").replaceAll("\u200b", "").trimEnd()).join("\n").trim();
  // What is sent in shell mode is no prompt: its mark counts as text that stands there.
  const text = /^ ?!/.test(lines[box]!) ? `! ${typed.replace(/^Type your shell command$/, "")}`.trim() : typed;
  const draft = text && !/^Type your message or @path\/to\/file$/.test(text) ? { draft: text } : {};
  const above = lines.slice(0, top).filter((line) => line.trim() !== "");
  // The state stands right above, with a rule and a hint between at most.
  const state = above.slice(-4);
  if (state.some((line) => /^\s{0,3}\S{1,2}\s.*\((esc to cancel, \d|\d+[hms][^)]* · esc to cancel)/.test(line))) return { status: "working", ...retrying(above), ...draft };
  if (state.some((line) => /^\s{0,3}[\u2800-\u28ff]\s+Compressing chat history\b/.test(line))) return { status: "working", ...draft };
  const from = lines.slice(0, top).findLastIndex((line) => answer.test(line) || /^\s*✕ /.test(line) || /^\s{1,2}> /.test(line));
  const first = lines[from] ?? "";
  if (from < 0 || /^\s{1,2}> /.test(first)) return { status: "idle", ...draft };
  const rest = lines.slice(from, top);
  const end = rest.findIndex((line, i) => i > 0 && (line.trim() === "" || RULE.test(line)));
  const said = joined(rest.slice(0, end < 0 ? undefined : end)).replace(/^[✦◆✕]\ufe0e?\s*/, "");
  if (!/^\s*✕/.test(first)) return { status: "idle", said, ...draft };
  return { status: "idle", reason: failureReason(said), said: messageIn(said).replace(/^\[API Error: (?:\d+ )?(.*?)\](?: \(Press .*|\n.*)?$/s, "$1"), ...draft };
}

/** `✕ [API Error: 429 …] (Retrying in 58s…)` over `↻ Retrying in 58 seconds… (attempt 1/10)`; its seconds would be news at every look. */
function retrying(above: readonly string[]): { reason?: string } {
  const near = above.slice(-6);
  const attempt = near.flatMap((line) => /^\s*↻ Retrying\b.*\((attempt \d+\/\d+)\)/.exec(line)?.[1] ?? []).at(-1);
  if (attempt === undefined) return {};
  const error = near.flatMap((line) => /^\s*✕ \[API Error: (.*?)\]/.exec(line)?.[1] ?? []).at(-1);
  return { reason: [error && messageIn(error), attempt].filter(Boolean).join(" · ") };
}

function dialog(body: readonly string[], below: readonly string[], menu: Menu): ScreenReading {
  const at = body.findLastIndex((line) => /^\s*\S.*\?$/.test(line) && !/^\s*\? /.test(line));
  const trust = body.some((line) => /Do you trust/.test(line));
  const login = body.some((line) => /How would you like to authenticate|Get started|Further action is required to use this service|Select Authentication/i.test(line));
  const isTool = /^\s*(Allow execution of|Apply this change|Allow|Do you want to proceed|Would you like to)/.test(body[at] ?? "");
  const what = trust ? "trust" : login ? "login" : isTool ? "permission" : "question";
  const tool = what === "permission" ? asked(body, at) : null;
  const text = tool ? tool.text : what === "question" ? question(body) : joined(body.slice(trust ? body.findIndex((line) => /Do you trust/.test(line)) : 0));
  const ask: Ask = { what, text, ...(what === "question" ? withOwnWords(body, below, menu) : { choices: menu.choices }), ...(tool?.isCut ? { cut: true } : {}), selected: menu.selected! };
  // Which model goes on, where one's limit is reached.
  const isLimit = what === "question" && /^\s*Usage limit reached for \S/.test(body.find((line) => line.trim() !== "") ?? "");
  return { status: "waiting", reason: isLimit ? failureReason(joined(body)) : what, ask: isLimit ? { ...ask, text: joined(body) } : ask };
}

/**
 * The last choice of their questions is a text field: what is typed there takes the place of its label, and stays when the cursor goes on.
 * Gemini's own words for it may be the model's, so it is known by its footer while it is marked, and else by the mark behind what is typed.
 */
function withOwnWords(body: readonly string[], below: readonly string[], { choices, selected }: Menu): Pick<Ask, "choices" | "field"> {
  const isGemini = body.some((line) => /^\s*Answer Questions$/.test(line));
  const isQwen = !isGemini && body.some((line) => /^\s*\? AskUserQuestion\b/.test(line)) && !body.some((line) => /^\s*Ready to submit your answers\?/.test(line));
  if (!isGemini && !isQwen) return { choices };
  const label = isGemini ? "Enter a custom value" : "Type something...";
  const last = choices.at(-1)!;
  const shown = last.replace(/^> /, "").replace(/^\[.\] /, "").replace(/ ✓$/, "");
  const isMarked = selected === choices.length - 1;
  const isOpen = isMarked && (isGemini ? below.some((line) => /^\s*Enter to submit\b/.test(line)) : last.startsWith("> "));
  if (shown === label) return { choices: choices.with(-1, label), ...(isOpen ? { field: "" } : {}) };
  const isTyped = isOpen || (isGemini ? / ✓$/.test(last) : !isMarked);
  return isTyped ? { choices: choices.with(-1, label), field: shown } : { choices };
}

/** All below the box's head; without one, what stands right above the choices. */
function question(body: readonly string[]): string {
  const head = body.findIndex((line) => /^\s*Answer Questions$/.test(line));
  if (head >= 0) return joined(body.slice(head + 1));
  return paragraphAbove(body, body.findLastIndex((line) => line.trim() !== "") + 1);
}

/**
 * The tool's row, `? Shell touch a`, begins what is asked for; below it stands the command again, in Gemini's box or under a blank row
 * of Qwen's, which may warn of something first.
 */
function asked(body: readonly string[], question: number): { text: string; isCut: boolean } {
  const head = body.slice(0, question).findIndex((line) => /^\s*\? /.test(line));
  const below = body.slice(head + 1, question);
  const end = head < 0 ? -1 : below.findIndex((line) => line.trim() === "" || /^\s*╭/.test(line));
  const shown = joined(withoutWarning(below.slice(end + 1)).filter((line) => !/^\s*[╭╰]/.test(line)));
  // Qwen (0.24.4) loses what stands beyond the right edge of a long row, and shows nothing of a command higher than the terminal.
  const isLossy = /^\s*\? Shell\b/.test(body[head] ?? "") && shown.includes("\n") && !body.some((line) => /^\s*╭/.test(line));
  const isCut = head < 0 || isLossy || /^\.\.\. (first|last) \d+ lines? hidden\b/m.test(shown);
  return { text: shown || joined(body.slice(Math.max(0, head), question)).replace(/^\? */, "") || joined(body.slice(question)), isCut };
}

function withoutWarning(lines: readonly string[]): readonly string[] {
  const from = lines.findIndex((line) => line.trim() !== "");
  if (!/^\s*⚠/.test(lines[from] ?? "")) return lines;
  const end = lines.findIndex((line, i) => i > from && line.trim() === "");
  return end < 0 ? lines : lines.slice(end);
}

export function geminiAnswerKeys(ask: Ask, answer: Answer): string[][] | null {
  const { choices } = ask;
  const take = (index: number) => (index < 0 || index >= choices.length ? null : moveAndEnter(ask.selected, index));
  switch (answer.is) {
    case "choice":
      // The choice for words of one's own only opens its field.
      return ask.what === "question" && answer.n === choices.length && OWN.test(choices.at(-1)!) ? null : take(answer.n - 1);
    case "yes":
      return take(choiceLike(choices, /^(Allow once|Yes, allow once|Yes\b|Trust folder)/));
    case "always":
      return take(choiceLike(choices, /^(Allow for this session|Always allow|Allow always|Yes, (and )?always|Yes, allow always)/));
    case "no":
      return ask.what === "trust" ? take(choiceLike(choices, /^Don't trust/)) : ask.what === "login" ? null : [["Escape"]];
    case "text": {
      // There it is typed into the choice itself.
      const own = choiceLike(choices, OWN);
      return ask.what !== "question" || own < 0 ? null : moveAndEnter(ask.selected, own).slice(0, -1);
    }
  }
}
