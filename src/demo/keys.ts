// Bytes of a raw terminal → keys. A bracketed paste is one key, however many reads it comes in.

export type Key =
  | { key: "text"; text: string }
  | { key: "paste"; text: string }
  | { key: "enter" | "newline" | "backspace" | "clear" | "escape" | "interrupt" | "end" };

export interface KeyReader {
  /** Keys that are complete with these bytes. */
  feed(bytes: Uint8Array): Key[];
  /** true when what is left may be a lone Esc: call `flush` when no more comes within 30 ms. */
  readonly open: boolean;
  flush(): Key[];
}

const PASTE_START = "\u001b[200~";
const PASTE_END = "\u001b[201~";
// Arrows, function keys, focus reports, mouse: read whole, and passed over.
const SEQUENCE = /^\u001b(?:\[[0-?]*[ -/]*[@-~]|O[ -~])/;
const CONTROL: Record<string, Exclude<Key["key"], "text" | "paste">> = {
  "\r": "enter",
  "\n": "newline",
  "\u007f": "backspace",
  "\b": "backspace",
  "\u0015": "clear",
  "\u0003": "interrupt",
  "\u0004": "end",
};

export function openKeyReader(): KeyReader {
  const decoder = new TextDecoder();
  let rest = "";
  return {
    feed(bytes) {
      rest += decoder.decode(bytes, { stream: true });
      const keys: Key[] = [];
      while (rest) {
        const taken = takeKey(rest);
        if (!taken) break;
        rest = rest.slice(taken.length);
        if (taken.key) keys.push(taken.key);
      }
      return keys;
    },
    get open() {
      return rest === "\u001b";
    },
    flush() {
      if (rest !== "\u001b") return [];
      rest = "";
      return [{ key: "escape" }];
    },
  };
}

/** The first key of `text` and how long it is; null when more must come. */
function takeKey(text: string): { key: Key | null; length: number } | null {
  const first = text[0]!;
  if (first === "\u001b") {
    if (text.startsWith(PASTE_START)) {
      const end = text.indexOf(PASTE_END);
      if (end < 0) return null;
      const pasted = text.slice(PASTE_START.length, end);
      // tmux turns each line end of a paste into a carriage return.
      return { key: { key: "paste", text: pasted.replace(/\r\n?/g, "\n") }, length: end + PASTE_END.length };
    }
    const sequence = SEQUENCE.exec(text);
    if (sequence) return { key: null, length: sequence[0].length };
    if (/^\u001b(?:\[[0-?]*[ -/]*|O)?$/.test(text)) return null;
    return { key: { key: "escape" }, length: 1 };
  }
  const control = CONTROL[first];
  if (control) return { key: { key: control }, length: 1 };
  if (first < " ") return { key: null, length: 1 };
  const plain = /^[^\u0000-\u001f\u007f]+/.exec(text)![0];
  return { key: { key: "text", text: plain }, length: plain.length };
}
