// A reader that git fails because a worktree is half made is asked again; any other failure is an answer.
import { expect, test } from "bun:test";
import type { Git } from "../../src/ports/git/call";
import { tryReading } from "../../src/ports/git/reread";
import type { Ran } from "../../src/ports/spawn";

const failed = (stderr: string): Ran => ({ code: 128, stdout: "", stderr, timedOut: false });
const good: Ran = { code: 0, stdout: "refs", stderr: "", timedOut: false };

function gitThat(answers: Ran[]): Git & { asked: number } {
  const git = { env: {}, asked: 0, call: () => Promise.reject(new Error()), try: () => (git.asked++, Promise.resolve(answers.length > 1 ? answers.shift()! : answers[0]!)) };
  return git as Git & { asked: number };
}
const halfMade = failed("fatal: failed to read .git/worktrees/same/commondir: Success");

test("a worktree that is half made is met once, and not again", async () => {
  const git = gitThat([halfMade, halfMade, good]);
  expect([await tryReading(git, "/r", []), git.asked]).toEqual([good, 3]);
});

test("what goes on failing is told in the end", async () => {
  const git = gitThat([halfMade]);
  expect([await tryReading(git, "/r", []), git.asked]).toEqual([halfMade, 5]);
});

test("another failure is asked about once more, a deadline not at all", async () => {
  const other = failed("fatal: not a git repository");
  const late = { ...halfMade, timedOut: true };
  for (const [answer, times] of [[other, 2], [late, 1]] as const) {
    const git = gitThat([answer]);
    expect([await tryReading(git, "/r", []), git.asked]).toEqual([answer, times]);
  }
});
