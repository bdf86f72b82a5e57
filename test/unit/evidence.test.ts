// Which of several pieces of evidence tells an agent's status.
import { describe, expect, test } from "bun:test";
import { type Piece, titlePiece, weigh } from "../../src/fleet/evidence";
import type { Source, Status } from "../../src/base/model";
import { builtInKind } from "../../src/kinds/index";

const NOW = 1000;
const piece = (source: Source, status: Status, since: number | null = null, more: Partial<Piece> = {}): Piece => ({ source, status, since, reason: null, ...more });
const won = (told: Piece, ...seen: Piece[]) => weigh(told, seen, NOW).piece;

describe("a program that notes its own status", () => {
  test("was interrupted or denied when its note is idle since the last report", () => {
    expect(won(piece("hook", "working", 900), piece("registry", "idle", 950))).toMatchObject({ source: "registry", status: "idle", since: 950 });
    expect(won(piece("hook", "waiting", 900), piece("registry", "idle", 950))).toMatchObject({ status: "idle" });
  });
  test("works on when a question was answered and its tool has not ended", () => {
    expect(won(piece("hook", "waiting", 900), piece("registry", "working", 950))).toMatchObject({ status: "working" });
  });
  test("is not believed while the note is older than the report", () => {
    expect(won(piece("hook", "waiting", 990), piece("registry", "working", 900))).toMatchObject({ source: "hook", status: "waiting" });
  });
  test("is not believed in the moment of a change", () => {
    expect(won(piece("hook", "working", 999), piece("registry", "idle", 1000)).status).toBe("working");
    expect(won(piece("hook", "working", 998), piece("registry", "idle", 998)).status).toBe("working");
    expect(won(piece("hook", "working", 998, { said: "a prompt" }), piece("registry", "idle", 998)).status).toBe("idle");
    expect(won(piece("hook", "working", 990), piece("registry", "idle", 990)).status).toBe("idle");
  });
  test("is believed at once where its question is gone from its screen too", () => {
    const idle = piece("registry", "idle", NOW);
    expect(won(piece("hook", "waiting", 990), idle, piece("screen", "idle"))).toMatchObject({ source: "registry", status: "idle" });
    expect(won(piece("hook", "waiting", 990), idle).status).toBe("waiting");
    expect(won(piece("hook", "waiting", 990), idle, piece("screen", "waiting")).status).toBe("waiting");
    expect(won(piece("hook", "waiting", 990), piece("registry", "working", 900), piece("screen", "working")).status).toBe("waiting");
    // A report of this moment is of the next question.
    expect(won(piece("hook", "waiting", 999), idle, piece("screen", "idle")).status).toBe("waiting");
  });
  test("is believed where nothing was reported yet", () => {
    expect(won(piece("wrapper", "starting", 900), piece("registry", "idle", 899)).status).toBe("idle");
  });
  test("waits where a question stands on its screen", () => {
    const ask = { what: "trust" as const, text: "Do you?", choices: ["No", "Yes"] };
    expect(won(piece("wrapper", "starting", 900), piece("registry", "idle", 899), piece("screen", "waiting", null, { ask }))).toMatchObject({ status: "waiting", ask });
  });
  test("keeps reason and source while both agree", () => {
    expect(won(piece("hook", "idle", 900, { reason: "error" }), piece("registry", "idle", 950))).toMatchObject({ source: "hook", reason: "error", since: 900 });
  });
});

describe("a program with titles", () => {
  test("works or waits when its title says so now", () => {
    expect(won(piece("wrapper", "starting", 900), piece("title", "working")).status).toBe("working");
    expect(won(piece("title", "idle", 900), piece("title", "waiting")).status).toBe("waiting");
  });
  test("waits when a question is on its screen under a title that says ready", () => {
    expect(won(piece("title", "idle", 900), piece("title", "idle"), piece("screen", "waiting", null, { reason: "trust" }))).toMatchObject({ status: "waiting", reason: "trust" });
  });
  test("waits when a question is on its screen under a title that works on", () => {
    expect(won(piece("title", "working", 900), piece("title", "working"), piece("screen", "waiting", null, { reason: "rate limit" }))).toMatchObject({ source: "screen", status: "waiting", reason: "rate limit" });
    expect(won(piece("title", "waiting", 900), piece("title", "working"), piece("screen", "idle")).status).toBe("working");
  });
  test("has its error from the screen", () => {
    expect(won(piece("title", "idle", 900), piece("title", "idle"), piece("screen", "idle", null, { reason: "error", said: "400" }))).toMatchObject({ source: "title", reason: "error", said: "400", since: 900 });
  });
  test("is starting while a ready title may be a dialog's", () => {
    expect(won(piece("wrapper", "starting", 900), piece("title", "idle")).status).toBe("starting");
  });
});

describe("a program with a screen only", () => {
  test("does what its screen says, but not in the moment of a report", () => {
    expect(won(piece("wrapper", "unknown", 900), piece("screen", "working")).status).toBe("working");
    expect(won(piece("hook", "working", 900), piece("screen", "idle")).status).toBe("idle");
    expect(won(piece("hook", "working", NOW), piece("screen", "idle")).status).toBe("working");
  });
  test("stays what it was told while its screen can't be read", () => {
    expect(won(piece("hook", "working", 900)).status).toBe("working");
  });
});

test("a program that has ended does nothing, whatever stands on the screen", () => {
  expect(won(piece("wrapper", "exited", 900), piece("screen", "working"), piece("title", "working")).status).toBe("exited");
});

test.each([
  ["codex", "⠋ Stub title | repo", "working"], ["codex", "[ ! ] Action Required | repo", "waiting"], ["codex", "[ . ] Action Required | repo", "waiting"], ["codex", "Stub title | repo", "idle"],
  ["gemini", "✦  Working… (repo)", "working"], ["gemini", "✋  Action Required (repo)", "waiting"], ["gemini", "◇  Ready (repo)", "idle"], ["gemini", "host", null],
  ["qwen", "◐ Qwen - repo", "working"], ["qwen", "✳ Qwen - repo", "waiting"], ["qwen", "Qwen - repo", "idle"], ["qwen", "Gi=31,s=1", null],
] as const)("a title of %s: %s", (kind, title, status) => {
  expect(titlePiece(builtInKind(kind)!.titles!, title)?.status ?? null).toBe(status);
});

test("a program that has started, and shows nothing that can be read, is unknown after two minutes", () => {
  expect(won(piece("wrapper", "starting", NOW - 100)).status).toBe("starting");
  expect(won(piece("wrapper", "starting", NOW - 121)).status).toBe("unknown");
  expect(won(piece("wrapper", "starting", NOW - 121), piece("screen", "idle")).status).toBe("idle");
});

test("a report of just now beats a screen that is not drawn yet, however its second was cut", () => {
  const told = piece("hook", "working", NOW);
  expect(weigh(told, [piece("screen", "idle")], NOW + 1.9).piece.status).toBe("working");
  expect(weigh(told, [piece("screen", "idle")], NOW + 2).piece.status).toBe("idle");
});

test("an error of a program that is only looked at is over when it has said something else since", () => {
  const told = piece("screen", "idle", 900, { reason: "error" });
  expect(won(told, piece("screen", "idle", null, { said: "Done." }))).toMatchObject({ status: "idle", reason: null, said: "Done." });
  expect(won(told, piece("screen", "idle", null, { reason: "error", said: "Bad." }))).toMatchObject({ reason: "error" });
  expect(won(piece("hook", "idle", 900, { reason: "error" }), piece("screen", "idle", null, { said: "Done." }))).toMatchObject({ reason: "error" });
});

test("an error of a program with titles is over when it stands on its screen no more, as after /clear", () => {
  const told = piece("title", "idle", 900, { reason: "error", said: "Bad." });
  expect(won(told, piece("title", "idle"), piece("screen", "idle"))).toMatchObject({ source: "title", since: 900, reason: null, said: "Bad." });
  expect(won(told, piece("title", "idle"))).toMatchObject({ reason: "error" });
  expect(won({ ...told, source: "hook" }, piece("title", "idle"), piece("screen", "idle"))).toMatchObject({ reason: "error" });
});

test("what holds a turn up is its reason only as long as it stands on the screen, whatever else says that it works", () => {
  const told = piece("hook", "working", 900, { said: "a prompt" });
  const note = piece("registry", "working", 900);
  expect(won(told, note, piece("screen", "working", null, { reason: "API error · attempt 2/10" }))).toMatchObject({ source: "hook", status: "working", since: 900, reason: "API error · attempt 2/10", said: "a prompt" });
  expect(won({ ...told, reason: "API error · attempt 2/10" }, note, piece("screen", "working"))).toMatchObject({ status: "working", reason: null, said: "a prompt" });
});
