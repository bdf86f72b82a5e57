// What a terminal sends in raw mode as keys. Pure.

export type Key =
  | { is: "text"; text: string }
  /** What stood between the marks of a bracketed paste. */
  | { is: "paste"; text: string }
  | { is: KeyName };

export type KeyName = (typeof NAMED)[keyof typeof NAMED] | "newline" | "escape" | "end-of-input";

// By what terminals send: xterm's, and those of an application keypad.
const NAMED = {
  "\r": "enter", "\t": "next", "\u001b[Z": "previous", "\u001b[A": "up", "\u001bOA": "up", "\u001b[B": "down", "\u001bOB": "down",
  "\u001b[C": "right", "\u001bOC": "right", "\u001b[D": "left", "\u001bOD": "left", "\u001b[H": "home", "\u001bOH": "home", "\u001b[1~": "home",
  "\u001b[F": "end", "\u001bOF": "end", "\u001b[4~": "end", "\u001b[3~": "delete", "\u007f": "backspace", "\b": "backspace",
  "\u0003": "cancel", "\u0005": "edit", "\u0015": "clear", "\u0017": "word", "\u0001": "home", "\u000e": "down", "\u0010": "up", "\u0002": "left", "\u0006": "right",
} as const;

const PASTE = ["\u001b[200~", "\u001b[201~"] as const;
const SEQUENCE = /^\u001b(?:\[[0-9;?<]*[ -/]*[@-~]|O[A-Za-z])/;

/** The keys of `input`, and what of it is not whole yet: a paste that goes on, half an escape sequence. */
export function readKeys(input: string): { keys: Key[]; rest: string } {
  const keys: Key[] = [];
  let rest = input;
  while (rest !== "") {
    if (rest.startsWith(PASTE[0])) {
      const end = rest.indexOf(PASTE[1]);
      if (end < 0) break;
      keys.push({ is: "paste", text: rest.slice(PASTE[0].length, end) });
      rest = rest.slice(end + PASTE[1].length);
      continue;
    }
    if (PASTE[0].startsWith(rest) && rest.length > 2) break;
    const [sequence] = SEQUENCE.exec(rest) ?? [];
    if (sequence) {
      const name = NAMED[sequence as keyof typeof NAMED];
      if (name) keys.push({ is: name });
      rest = rest.slice(sequence.length);
      continue;
    }
    if (rest[0] === "\u001b") {
      // Alt and Enter, or C-j, is a line end; Esc with anything else behind it is Esc.
      const newline = rest[1] === "\r" || rest[1] === "\n";
      keys.push({ is: newline ? "newline" : "escape" });
      rest = rest.slice(newline ? 2 : 1);
      continue;
    }
    const char = String.fromCodePoint(rest.codePointAt(0)!);
    rest = rest.slice(char.length);
    const name = NAMED[char as keyof typeof NAMED];
    if (name) keys.push({ is: name });
    else if (char === "\n") keys.push({ is: "newline" });
    else if (char >= " ") keys.push({ is: "text", text: char });
  }
  return { keys, rest };
}
