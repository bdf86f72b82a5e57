// What a tmux server that is just ending has told: nothing, until the next call says that none is there.
import { expect, test } from "bun:test";
import { ProcessError } from "../../src/base/errors";
import { NoServer, type Tmux } from "../../src/ports/tmux/call";
import { listFleetPanes } from "../../src/ports/tmux/sessions";

const saying = (...answers: (string | Error)[]): Tmux => ({
  env: {}, socket: "/s",
  call: async () => {
    const answer = answers.shift() ?? new Error("asked once more");
    if (answer instanceof Error) throw answer;
    return answer;
  },
});
const ending = (words: string) => new ProcessError(["tmux", "list-panes"], 1, "", words, false);

test("a server that takes its time to end is asked again until there is none", async () => {
  const exited = ending("server exited unexpectedly");
  expect(await listFleetPanes(saying(exited, ending("lost server"), exited, new NoServer("no server running")))).toBe(null);
});

test("whatever else goes wrong is told at once, and is no absence", async () => {
  const wrong = ending("out of memory");
  expect(await listFleetPanes(saying(wrong)).catch((error: unknown) => error)).toBe(wrong);
});
