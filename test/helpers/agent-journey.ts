// What every program goes through, from its launch to its end, and what fleet says of it at each step.
import { expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type AgentPlace, filesOf, PROMPTS } from "./agent-place";
import { type RealKind } from "./real-agents";
import { until } from "./until";

export interface JourneyFacts {
  kind: RealKind;
  /** The program's own words for `create … -- ARGS`. */
  args: readonly string[];
  /** The first and the last of the choices that stand at a command. */
  permission: readonly [first: string, last: string];
  /** What the screen says after its question was answered with the second choice, and with words. */
  question?: { chosen: string; worded?: string; /** The keys that open its text field by hand, and what is to be seen after each. */ field?: readonly (readonly [key: string, shown: RegExp])[] };
  /** A hook of the person's own is there, and must have run. */
  ownHook: boolean;
  /** The program itself adds to the end of the person's files. */
  addsToFiles?: true;
  /** Registers what only this program does, between the prompts and the stop. */
  also?(): void;
}

/** Registers the tests, in their order; an agent `task` is there between them. */
export function journey(place: AgentPlace, { kind, args, permission, question, ownHook, addsToFiles, also }: JourneyFacts): void {
  const passthrough = args.length > 0 ? ["--", ...args] : [];

  test("launched with a prompt it works, then waits with the command that it asks for", async () => {
    await place.ok(["create", "task", "-d", "-a", kind, "-p", "make it\nSTUB:delay 1500\nSTUB:bash touch made.txt", ...passthrough]);
    await place.comes("task", "launch", "working");
    const asked = await place.comes("task", "permission", "waiting", { reason: "permission", doing: "touch made.txt" });
    expect(asked["ask"]).toMatchObject({ what: "permission", text: "touch made.txt" });
    // A hook tells of it before its choices are drawn.
    await until(async () => {
      const { choices } = (await place.agent("task"))["ask"] as { choices: string[] };
      return choices[0] === permission[0] && choices.at(-1) === permission[1];
    }, { what: permission.join(" … "), show: () => place.screen("task") });
  });

  test("answered yes it carries the command out, and is idle with its last words", async () => {
    await place.ok(["answer", "task", "yes"]);
    const done = await place.comes("task", "approved", "idle", { reason: null, doing: "STUB-OK tools=1" });
    expect(existsSync(join(done.worktree, "made.txt"))).toBe(true);
  });

  test("of a long command the whole is shown; denied it is idle", async () => {
    const command = `touch denied.txt && echo ${Array.from({ length: 150 }, (_, n) => `word${n}`).join(" ")} && rm -f denied.txt`;
    await place.ok(["prompt", "task", `again ;; STUB:bash ${command}`]);
    await place.comes("task", "permission", "waiting", { doing: /^touch denied\.txt && echo word0/ });
    const shown = async () => (await place.ok(["answer", "task", "--dry-run"])).replace(/\s+/g, " ");
    await until(async () => (await shown()).includes(`${command} 1 `), { what: "the whole command, right above the choices", show: shown });
    await place.ok(["answer", "task", "no"]);
    expect((await place.agent("task")).status).not.toBe("waiting");
    // It has said nothing since: what it is at is what it was told last.
    const denied = await place.comes("task", "denied", "idle", { doing: /^again ;; STUB:bash touch denied/ });
    expect(existsSync(join(denied.worktree, "denied.txt"))).toBe(false);
  });

  if (question) {
    test("its question has its choices, and takes an answer by number", async () => {
      await place.ok(["prompt", "task", "colour ;; STUB:ask Which colour?"]);
      await place.comes("task", "question", "waiting", { reason: "question", doing: "Which colour?" });
      await place.asks("task", "Red", "Blue");
      await place.ok(["answer", "task", "2"]);
      await place.comes("task", "answered", "idle", { doing: "STUB-OK tools=1" });
      expect(await place.screen("task")).toContain(question.chosen);
    });
  }
  if (question?.worded) {
    test("its question takes an answer in words", async () => {
      await place.ok(["prompt", "task", "colour ;; STUB:ask Which other colour?"]);
      await place.comes("task", "question", "waiting", { reason: "question", doing: "Which other colour?" });
      await place.ok(["answer", "task", "light green"]);
      await place.comes("task", "answered in words", "idle", { doing: "STUB-OK tools=1" });
      expect(await place.screen("task")).toContain(question.worded!);
    });
  }

  if (question?.field) {
    const { field } = question;
    test("what a person writes in its question's field is left alone; several lines arrive as lines", async () => {
      await place.ok(["prompt", "task", "shape ;; STUB:ask Which shape?"]);
      await place.comes("task", "question", "waiting", { reason: "question", doing: "Which shape?" });
      await place.asks("task", "Red", "Blue");
      for (const [key, shown] of field) await place.pressUntil("task", key, shown);
      await place.press("task", "-l", "half draft");
      await until(async () => (await place.screen("task")).includes("half draft"), { what: "the draft", show: () => place.screen("task") });
      for (const answer of ["1", "Round", "no"]) expect((await place.fleet(["answer", "task", answer])).stderr).toContain("text that was not sent stands in the text field of what task asks: half draft\n");
      await place.press("task", ...Array.from({ length: 10 }, () => "BSpace"));
      await until(async () => !(await place.screen("task")).includes("half draft"), { what: "no draft", show: () => place.screen("task") });
      const words = "line one\n2. line 'two'\n\nlast $(x) line";
      await place.ok(["answer", "task", words]);
      await place.comes("task", "answered in lines", "idle", { doing: "STUB-OK tools=1" });
      expect(place.stub.results.at(-1)!.result.replace(/\\+n/g, "\n")).toContain(words);
    });
  }

  test("an error of its model is a reason, with its text", async () => {
    await place.ok(["prompt", "task", "bad ;; STUB:fail 400"]);
    await place.comes("task", "error", "idle", { reason: "error", doing: /stub error 400$/ });
  });

  test("interrupted it is idle, and the interrupted prompt does not come with the next one", async () => {
    await place.ok(["prompt", "task", "stuck ;; STUB:delay 60000"]);
    await place.comes("task", "prompt", "working");
    await place.got("stuck ;; STUB:delay 60000");
    await place.ok(["interrupt", "task"]);
    await place.comes("task", "interrupted", "idle", { reason: null });
    await place.ok(["prompt", "task", "after it"]);
    await place.got("after it");
    await place.comes("task", "next prompt", "idle", { doing: "STUB-OK lines=1" });
  });

  test("a person's draft is kept, and the prompt refused", async () => {
    await place.press("task", "-l", "half a thought");
    await until(async () => (await place.screen("task")).includes("half a thought"));
    expect((await place.fleet(["prompt", "task", "x"])).stderr).toContain("text that was not sent stands in the input box of task: half a thought");
    await place.press("task", ...Array.from({ length: 14 }, () => "BSpace"));
    await until(async () => !(await place.screen("task")).includes("half a thought"));
  });

  for (const prompt of PROMPTS) {
    const lines = prompt.split("\n").length;
    test(`a prompt of ${lines} lines arrives whole`, async () => {
      await place.ok(["prompt", "task", "-f", "-"], { stdin: prompt });
      await place.got(prompt);
      await place.comes("task", `${lines} lines`, "idle", { doing: `STUB-OK lines=${lines}` });
    });
  }

  test("whoever waits for its turn to be over is woken", async () => {
    await place.ok(["prompt", "task", "slow ;; STUB:delay 3000"]);
    const began = Date.now();
    await place.ok(["wait", "task", "--status", "idle", "--timeout", "20"]);
    expect(Date.now() - began).toBeGreaterThan(1_000);
  });

  also?.();

  test("stopped and started it has its conversation", async () => {
    await place.ok(["prompt", "task", "remember the number 4711"]);
    await place.comes("task", "one more prompt", "idle", { doing: "STUB-OK lines=1" });
    await place.ok(["stop", "task"]);
    await place.ok(["start", "task"]);
    await place.comes("task", "started again", "idle");
    await until(async () => (await place.screen("task")).includes("remember the number 4711"), { what: "the conversation on the screen", show: () => place.screen("task") });
  });

  test("its tokens are the sums that the model sent, and logs shows what was said", async () => {
    await place.countsAllOf("task", "❯ remember the number 4711", "→ ", "touch made.txt", "● STUB-OK tools=1");
  });

  test("killed it has ended, with its signal", async () => {
    await place.killProgram("task");
    await place.comes("task", "kill -9", "exited", { exit: 137, reason: "137 (SIGKILL)" });
  });

  test("the person's files are as they were, and their own hook ran", () => {
    const now = filesOf(place.server.home, Object.keys(place.before));
    if (addsToFiles) for (const [name, text] of Object.entries(place.before)) expect(now[name]).toStartWith(text);
    else expect(now).toEqual(place.before);
    if (ownHook) expect(readFileSync(join(place.server.home, "own-hook"), "utf8")).toContain("own");
  });
}
