// What a prompt tells the demo agent to do. A line that is a directive acts; all other lines are text.

export type Step =
  | { act: "work" | "burn"; seconds: number }
  | { act: "write"; path: string; text: string }
  | { act: "commit" | "ask" | "say" | "fail"; text: string }
  | { act: "choose"; text: string; choices: string[] }
  | { act: "exit"; code: number }
  | { act: "children"; count: number }
  | { act: "crash" | "ignore-hup" }
  /** No directive at all: think, write a note of the prompt, commit it. */
  | { act: "note"; prompt: string };

/** The directives, for people: the first screen shows them. */
export const DIRECTIVES = [
  ["work SECONDS", "be busy"],
  ["burn SECONDS", "be busy on the CPU"],
  ["write PATH TEXT", "write a file (\\n is a line end)"],
  ["commit MESSAGE", "commit the files written"],
  ["ask QUESTION", "wait for yes or no"],
  ["choose QUESTION | A | B", "wait for a choice, or another answer"],
  ["say TEXT", "answer"],
  ["fail MESSAGE", "end the turn with an error"],
  ["children N", "start N sleeping processes"],
  ["ignore-hup", "end only on SIGKILL from now on"],
  ["exit N", "exit with that code"],
  ["crash", "die of SIGKILL"],
] as const;

/** The steps of a prompt, in order. */
export function parseScript(prompt: string): Step[] {
  const steps = prompt.split("\n").flatMap((line) => parseLine(line.trim()) ?? []);
  return steps.length ? steps : [{ act: "note", prompt }];
}

function parseLine(line: string): Step | null {
  const [, word = "", rest = ""] = /^(\S+)\s*(.*)$/s.exec(line) ?? [];
  switch (word) {
    case "work":
    case "burn":
      return /^\d+(\.\d+)?$/.test(rest) ? { act: word, seconds: Number(rest) } : null;
    case "write": {
      const [, path = "", text = ""] = /^(\S+)\s*(.*)$/s.exec(rest) ?? [];
      // "write a haiku" is a sentence, "write haiku.txt …" a directive.
      return /[./]/.test(path) ? { act: "write", path, text: text.replaceAll("\\n", "\n") } : null;
    }
    case "commit":
    case "ask":
    case "say":
    case "fail":
      return rest ? { act: word, text: rest } : null;
    case "choose": {
      const [text = "", ...choices] = rest.split("|").map((part) => part.trim());
      return text && choices.length < 10 && choices.every(Boolean) ? { act: "choose", text, choices } : null;
    }
    case "exit":
      return /^\d{1,3}$/.test(rest) && Number(rest) < 256 ? { act: "exit", code: Number(rest) } : null;
    case "children":
      return /^\d{1,3}$/.test(rest) ? { act: "children", count: Number(rest) } : null;
    case "crash":
    case "ignore-hup":
      return rest === "" ? { act: word } : null;
    default:
      return null;
  }
}
