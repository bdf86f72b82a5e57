// A backlog as people write it in Markdown: the items of its lists, one task each. Pure.
import type { Draft } from "./tasks";

interface Item {
  lines: string[];
  line: number;
  /** Columns before its marker. */
  indent: number;
  /** Its box is ticked. */
  done: boolean;
}

const ITEM = /^([-*+]|\d{1,9}[.)])(?:[ \t]+(.*))?$/;
const FENCE = /^(`{3,}|~{3,})/;
const BREAK = /^(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$/;
/** What ends a paragraph without a blank line before it. */
const BLOCK = /^(?:#{1,6}(?:[ \t]|$)|>|\||<)/;
/** Two columns deeper than the item above are within it, as people indent; an odd blank is not. */
const NESTED = 2;

/**
 * Items of the outermost lists, each with all that is indented under it: text, lists, code. `branch`: or **branch**: in front
 * names the branch and is no part of the prompt; a plain fix-login: names it too, and stays. A ticked item is done, and left
 * out. Everything else (headings, prose, code, quotes, comments, front matter) is not a task.
 */
export function markdownTasks(text: string, file = ""): Draft[] {
  const drafts: Draft[] = [];
  let item = null as Item | null;
  let fence: string | null = null;
  let comment = false;
  let prose = false;
  const lines = withoutFrontMatter(text.replace(/^\ufeff/, "").replace(/\r\n?/g, "\n")).split("\n");
  const close = () => {
    if (item && !item.done) drafts.push(draftOf(item, file));
    item = null;
  };
  for (const [i, line] of lines.entries()) {
    const content = line.trim();
    const indent = columns(line);
    const blank = content === "";
    const before: Item | null = item;
    if (fence !== null) {
      // An item's code ends where the next item begins, closed or not.
      const broken = before !== null && indent < before.indent + NESTED && isItem(content);
      if (!broken) before?.lines.push(line);
      if (broken || closesFence(content, fence)) fence = null;
      if (!broken) continue;
    }
    if (comment || (!before && content.startsWith("<!--"))) {
      comment = !content.includes("-->");
      continue;
    }
    const inside: boolean = before !== null && indent >= before.indent + NESTED;
    const found: RegExpExecArray | null = inside || (!before && indent > 3) || BREAK.test(content) ? null : ITEM.exec(content);
    // Only a list's first number interrupts a paragraph: "2024. was a good year".
    if (found && (before || !prose || !/^\d/.test(found[1]!) || /^1[.)]/.test(found[1]!))) {
      close();
      const box = /^\[([ xX])\](?:[ \t]+|$)(.*)$/s.exec(found[2] ?? "");
      item = { lines: [box ? box[2]! : (found[2] ?? "")], line: i + 1, indent, done: box !== null && box[1] !== " " };
      prose = true;
      continue;
    }
    const opens = FENCE.exec(content)?.[1];
    if (inside || (before && blank)) before!.lines.push(line);
    // A paragraph goes on without indentation until a blank line, or until something else begins.
    else if (before && prose && !opens && !BLOCK.test(content) && !BREAK.test(content)) before.lines.push(line);
    else close();
    if (opens) fence = opens;
    prose = !blank && !opens && !BLOCK.test(content) && !BREAK.test(content);
  }
  close();
  return drafts;
}

function isItem(content: string): boolean {
  return ITEM.test(content) && !BREAK.test(content);
}

/** A fence is closed by at least as many of its own characters, and nothing else. */
function closesFence(content: string, fence: string): boolean {
  return content.startsWith(fence) && content.replaceAll(fence[0]!, "") === "";
}

/** `---` to `---` at the very beginning is about the file; its lines stay, blank, so that numbers are right. */
function withoutFrontMatter(text: string): string {
  const matter = /^---[ \t]*\n[\s\S]*?\n(?:---|\.\.\.)[ \t]*(?:\n|$)/.exec(text)?.[0];
  // A list between two rules is no front matter.
  if (matter === undefined || !/^[\w-]+[ \t]*:/m.test(matter) || /^[-*+] /m.test(matter.split("\n")[1]!)) return text;
  return matter.replace(/[^\n]/g, "") + text.slice(matter.length);
}

/** Columns of blanks in front; a tab goes to the next fourth. */
function columns(line: string): number {
  let n = 0;
  for (const char of line) {
    if (char === " ") n++;
    else if (char === "\t") n += 4 - (n % 4);
    else break;
  }
  return n;
}

function draftOf({ lines, line }: Item, file: string): Draft {
  const [first = "", ...rest] = lines;
  const depths = rest.filter((text) => text.trim() !== "").map(columns);
  const cut = Math.min(...depths, Infinity);
  const text = [first, ...rest.map((one) => dedent(one, cut))].join("\n").trim();
  const where = file ? `${file}:${line}` : `line ${line}`;
  const marked = /^(?:`([^`\s]+)`|\*\*`?([^*`\s]+?)`?(?::\*\*|\*\*(?=\s*:)))\s*:?\s+(.*)$/s.exec(text);
  if (marked && (marked[2] !== undefined || /^`[^`]+`\s*:/.test(text))) return { branch: marked[1] ?? marked[2], prompt: marked[3], where };
  const plain = /^([a-z0-9_]+(?:[-/][a-z0-9_]+)+):\s/.exec(text)?.[1];
  return { ...(plain === undefined ? {} : { branch: plain }), prompt: text, where };
}

/** Without the `count` columns in front that all lines share. */
function dedent(line: string, count: number): string {
  let n = 0;
  let at = 0;
  while (at < line.length && n < count && (line[at] === " " || line[at] === "\t")) {
    n += line[at] === "\t" ? 4 - (n % 4) : 1;
    at++;
  }
  return " ".repeat(Math.max(0, n - count)) + line.slice(at).trimEnd();
}
