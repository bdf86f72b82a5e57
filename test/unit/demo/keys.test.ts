import { describe, expect, test } from "bun:test";
import { type Key, openKeyReader } from "../../../src/demo/keys";

const bytes = (text: string) => new TextEncoder().encode(text);

/** The keys of the whole text, read at once and byte by byte: both must agree. */
function keysOf(text: string): Key[] {
  const whole = openKeyReader();
  const keys = [...whole.feed(bytes(text)), ...whole.flush()];
  const slow = openKeyReader();
  const single = [...bytes(text)].flatMap((byte) => slow.feed(Uint8Array.of(byte)));
  expect(joined([...single, ...slow.flush()])).toEqual(joined(keys));
  return keys;
}

/** Typed text comes in any number of parts. */
function joined(keys: readonly Key[]): Key[] {
  const out: Key[] = [];
  for (const key of keys) {
    const last = out.at(-1);
    if (key.key === "text" && last?.key === "text") last.text += key.text;
    else out.push({ ...key });
  }
  return out;
}

describe("keys", () => {
  const rows: [what: string, text: string, keys: Key[]][] = [
    ["typed text, then Enter", "añ 日\r", [{ key: "text", text: "añ 日" }, { key: "enter" }]],
    ["C-j is a line end within the prompt", "a\nb", [{ key: "text", text: "a" }, { key: "newline" }, { key: "text", text: "b" }]],
    ["a paste is one key, its carriage returns line ends", "\u001b[200~a\rb\r\nc\u001b[201~\r", [{ key: "paste", text: "a\nb\nc" }, { key: "enter" }]],
    ["control keys", "\u007f\u0015\u0003\u0004", [{ key: "backspace" }, { key: "clear" }, { key: "interrupt" }, { key: "end" }]],
    ["arrows, focus and mouse reports are passed over", "\u001b[A\u001b[I\u001b[O\u001bOP\u001b[<0;3;4Mx", [{ key: "text", text: "x" }]],
    ["a lone Esc", "\u001b", [{ key: "escape" }]],
    ["Esc before a letter is Esc and the letter", "\u001by", [{ key: "escape" }, { key: "text", text: "y" }]],
    ["other control characters are nothing", "a\u0001b", [{ key: "text", text: "a" }, { key: "text", text: "b" }]],
  ];
  test.each(rows)("%s", (_, text, keys) => {
    expect(keysOf(text)).toEqual(keys);
  });

  test("a paste that has not ended gives nothing, and is no open Esc", () => {
    const reader = openKeyReader();
    expect(reader.feed(bytes("\u001b[200~ab\rcd"))).toEqual([]);
    expect(reader.open).toBe(false);
    expect(reader.feed(bytes("ef\u001b[201~"))).toEqual([{ key: "paste", text: "ab\ncdef" }]);
  });
});
