// For every program and everything that its screen can say, a recorded screen; what a program does not have is named, with why.
import { expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { KINDS } from "../../../src/kinds/index";
import { COMPOSED, lines, read } from "../../helpers/recorded-screens";

const SITUATIONS = [
  "working", "trying again", "a permission", "a question", "trust", "login asked for", "a limit, with choices",
  "idle with its last words", "idle without", "an error", "a rate limit", "no login",
] as const;
type Situation = (typeof SITUATIONS)[number];

/** What the program shows, by what is read of it. */
function situationOf(kind: string, name: string): Situation | "starting" | "nothing" {
  const reading = read(kind, lines(kind, name));
  if (!reading) return "nothing";
  const { status, reason = "", ask, said } = reading;
  if (status === "working") return reason ? "trying again" : "working";
  if (status === "waiting" && reason.startsWith("rate limit")) return "a limit, with choices";
  if (status === "waiting") return ask!.what === "permission" ? "a permission" : ask!.what === "question" ? "a question" : ask!.what === "trust" ? "trust" : "login asked for";
  if (status !== "idle") return "starting";
  if (reason.startsWith("rate limit")) return "a rate limit";
  if (reason) return reason === "login" ? "no login" : "an error";
  return said ? "idle with its last words" : "idle without";
}

/** Tried with the versions of test/helpers/real-agents.ts, against answers of 400, 401, 429 and 500. */
const NOT_THERE: Readonly<Record<string, Partial<Record<Situation, string>>>> = {
  claude: {
    "a limit, with choices": "a limit ends the turn; its choices stand behind /rate-limit-options",
  },
  codex: {
    "a limit, with choices": "a limit ends the turn",
  },
  gemini: {
    "trying again": "it does so without a word, as if it were thinking",
  },
  opencode: {
    trust: "it asks nothing of a folder",
    "a limit, with choices": "it tries again without an end, and says when",
    "a rate limit": "it tries again without an end, and says when",
  },
  qwen: {
    "a limit, with choices": "it tries again, with nothing to choose",
    "a rate limit": "it tries again ten times, a minute each, and says so",
  },
  copilot: {
    "trying again": "a line of its conversation says so, and its state is that of any turn",
    "a limit, with choices": "a limit ends the turn",
  },
};

const programs = KINDS.filter((kind) => kind.readScreen && kind.name !== "demo").map(({ name }) => name);
const screensOf = (kind: string) => readdirSync(join(import.meta.dir, "../../fixtures/screens", kind)).map((name) => name.replace(/\.txt$/, ""));

test("the programs with a screen are those that are looked at here", () => {
  expect(programs.sort()).toEqual(Object.keys(NOT_THERE).sort());
});

test.each(programs)("%s: each situation has a recorded screen, or a reason why there is none", (kind) => {
  const composed = COMPOSED.filter(([of]) => of === kind).map(([, name]) => name);
  const shown = new Map(screensOf(kind).filter((name) => !composed.includes(name)).map((name) => [situationOf(kind, name), name]));
  const missing = SITUATIONS.filter((situation) => !shown.has(situation) && NOT_THERE[kind]![situation] === undefined);
  const excused = SITUATIONS.filter((situation) => shown.has(situation) && NOT_THERE[kind]![situation] !== undefined);
  expect({ missing, excused }).toEqual({ missing: [], excused: [] });
});

test("of every recorded screen something is read", () => {
  for (const kind of programs) expect(screensOf(kind).filter((name) => situationOf(kind, name) === "nothing")).toEqual([]);
});
