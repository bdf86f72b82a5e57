// What stands in an input box: typed words, a suggestion, or a prompt that came back.
import { expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isFaint, isReturned, isSameText, keepSent, lastSent } from "../../src/fleet/draft";
import { openStore } from "../../src/ports/store";

test("a suggestion is dim or grey, typed words are not", () => {
  expect(isFaint("\u001b[1m›\u001b[0m\u001b[39m\u001b[49m \u001b[2mAsk Codex to do anything\u001b[0m", "Ask Codex to do anything")).toBe(true);
  expect(isFaint("\u001b[39m❯ \u001b[7mf\u001b[0m\u001b[2mix the failing test\u001b[0m", "fix the failing test")).toBe(true);
  expect(isFaint("\u001b[39m❯ \u001b[38;5;246mfix the failing test\u001b[39m", "fix the failing test")).toBe(true);
  expect(isFaint("\u001b[39m❯ fix the failing test\u001b[7m \u001b[0m", "fix the failing test")).toBe(false);
  expect(isFaint("\u001b[38;5;246m❯ \u001b[39mfix the failing test", "fix the failing test")).toBe(false);
  expect(isFaint("\u001b[48;5;240m\u001b[38;2;255;2;2mfix the failing test", "fix the failing test")).toBe(false);
});

test("a prompt that came back is the one reported, however it is broken; cut, the one that was sent", () => {
  expect(isSameText("stuck in\n  the middle", "stuck in the middle")).toBe(true);
  // What was cut tells nothing of its end, which may be a person's.
  expect(isReturned("stuck in the middle of it, and more", "stuck in the middle of…", "")).toBe(false);
  expect(isReturned("stuck in the mid\ndle of a very long line", "stuck in the middle of…", "stuck in the middle of a very long line")).toBe(true);
  expect(isSameText("stuck in the middle, and more", "stuck in the middle")).toBe(false);
  expect(isSameText("mine", "")).toBe(false);
});

test("a suggestion in a colour near to grey is nobody's text, and text in the program's own white or colour is", () => {
  expect(isFaint("\u001b[38;5;183m> \u001b[4m\u001b[39mS\u001b[0m\u001b[38;5;103m\u001b[49mend the mail", "Send the mail")).toBe(true);
  expect(isFaint("> \u001b[38;2;108;112;134mSend the mail", "Send the mail")).toBe(true);
  for (const own of ["38;5;231", "38;5;255", "38;5;183", "38;2;220;220;224", "39"]) expect(isFaint(`> \u001b[${own}mSend the mail`, "Send the mail")).toBe(false);
});

test("a prompt that came back is known by what was sent, where its program reports nothing; a person's draft is not", () => {
  expect(isReturned("stuck in\n  the middle", "", "stuck in the middle")).toBe(true);
  expect(isReturned("stuck in the middle, and more", "", "stuck in the middle")).toBe(false);
  expect(isReturned("stuck", "", "stuck in the middle")).toBe(false);
  // Only what is reported is ever cut.
  expect(isReturned("wait for my own words", "", "wait…")).toBe(false);
  expect(isReturned("mine", "", "")).toBe(false);
});

test("what was sent last is kept in a private file, and before that the first prompt counts", () => {
  const store = openStore(mkdtempSync(join(tmpdir(), "fleet-sent-")), () => {});
  const directory = store.path("agents", "a1");
  expect(lastSent(store, "a1")).toBe("");
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, "prompt"), "the first");
  expect(lastSent(store, "a1")).toBe("the first");
  keepSent(store, "a1", "the second\nof two lines");
  expect(lastSent(store, "a1")).toBe("the second\nof two lines");
  expect(statSync(join(directory, "sent")).mode & 0o777).toBe(0o600);
  rmSync(store.home, { recursive: true });
});
