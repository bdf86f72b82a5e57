// Whether a prompt that was sent stands in the conversation, or one of an earlier time.
import { expect, test } from "bun:test";
import { echoOf } from "../../src/fleet/echo";

const BOX = ["────────", "> Type your message", "────────"];
const turn = (prompt: string, answer: string) => [`  > ${prompt}`, "", `  ◆ ${answer}`, ""];
const sent = { before: [...turn("older", "Done."), ...BOX], held: [] as string[], text: "go on with it", draft: "go on with it", repeats: false };

test("it stands there once more than before, below what stood there before", () => {
  const now = [...turn("older", "Done."), ...turn("go on with it", "Done."), ...BOX];
  expect(echoOf(now, sent)).toBe("new");
  expect(echoOf(now.slice(4), sent)).toBe("new");
  expect(echoOf(now, { ...sent, before: now })).toBe("doubtful");
  expect(echoOf([...now.slice(0, -3), ...now.slice(4)], { ...sent, before: now, repeats: true })).toBe("new");
  expect(echoOf(sent.before, sent)).toBe("none");
});

test("one that a redraw brings back with its surroundings is of an earlier time, but where they were there already", () => {
  const [before, now] = [BOX, [...turn("older", "Words of then."), ...turn("go on with it", "Done."), ...BOX]];
  expect(echoOf(now, { ...sent, before })).toBe("doubtful");
  expect(echoOf(now, { ...sent, before, held: [...turn("older", "Words of then."), ...BOX] })).toBe("new");
  // Alone it can only be told from a new one by what was sent before.
  expect(echoOf([...turn("go on with it", "Done."), ...BOX], { ...sent, before })).toBe("new");
  expect(echoOf([...turn("go on with it", "Done."), ...BOX], { ...sent, before, repeats: true })).toBe("doubtful");
});

test("of a long one the end alone may be seen, below its own lines", () => {
  const text = Array.from({ length: 60 }, (_, n) => `line ${n} of a long task`).join("\n");
  const shown = text.split("\n").slice(-30).map((line) => `    ${line}`);
  expect(echoOf([...shown, "", ...BOX], { ...sent, text, draft: "line 55 of a long task" })).toBe("new");
});
