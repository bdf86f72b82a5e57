// git or tmux that fails, or fleet that dies, at every call of kill and undo in turn: nothing is lost, and the error says what was done.
import { expect, test } from "bun:test";
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FAILS, openFaults } from "../helpers/faults";
import { openPlace } from "../helpers/place";
import { unfinishedStep, workIn } from "../helpers/trash";

const place = await openPlace();
const { fleet, ok, server } = place;
const home = server.fleetHome;
const { faulty, agentAtWork, wholeAgain } = await openFaults(place);

for (const program of ["git", "tmux"] as const) {
  test(`${program} fails at each call of kill in turn`, async () => {
    const said = new Set<string>();
    let n = 1;
    for (; n < 80; n++) {
      const agent = await agentAtWork();
      const { PATH, calls } = faulty(program, n, FAILS);
      const ran = await fleet(["kill", agent.id, "--yes", "--force"], { env: { PATH } });
      const context = `${program} call ${n}: ${ran.code} ${unfinishedStep(place)} ${ran.stderr}`;
      const reached = calls() >= n;
      expect([context, (await workIn(place, agent, agent.text)).length]).not.toEqual([context, 0]);
      // Either it says that it was not done, with a way on, or the call did not matter.
      if (ran.code !== 0) {
        expect([context, ran.code, /✗ /.test(ran.stderr), /↳ /.test(ran.stderr)]).toEqual([context, 1, true, true]);
        said.add(ran.stderr.split("\n").find((line) => line.startsWith("✗"))!.replace(agent.branch, "X").replace(/: .*/, ""));
      }
      await wholeAgain(context, agent);
      await ok(["kill", agent.id, "--yes", "--force"]);
      if (!reached) break;
    }
    console.log(`${program}: ${n - 1} calls a kill; said: ${[...said].join(" | ")}`);
    expect(n).toBeGreaterThan(program === "git" ? 10 : 4);
  }, 180_000);
}

test("git fails at each call of undo in turn, from the trash and from the ref alone", async () => {
  const agent = await agentAtWork();
  for (const alone of [false, true]) {
    let n = 1;
    for (; n < 60; n++) {
      await ok(["kill", agent.id, "--yes", "--force"]);
      if (alone) rmSync(join(home, "worktrees/.trash", agent.id), { recursive: true });
      const { PATH, calls } = faulty("git", n, FAILS);
      const ran = await fleet(["undo", agent.id], { env: { PATH } });
      const context = `undo${alone ? " from the ref" : ""}, git call ${n}: ${ran.code} ${unfinishedStep(place)} ${ran.stderr}`;
      expect([context, (await workIn(place, agent, agent.text)).length]).not.toEqual([context, 0]);
      if (ran.code !== 0) expect([context, ran.code, /✗ /.test(ran.stderr)]).toEqual([context, 1, true]);
      await wholeAgain(context, agent);
      if (calls() < n) break;
    }
    expect(n).toBeGreaterThan(3);
  }
}, 180_000);

/** fleet is killed at every call of git and tmux that `words` makes, each time for a new agent. Returns the steps at which it was. */
async function dieAtEachCall(words: (id: string) => string[], prepare: (id: string) => Promise<void>): Promise<string[]> {
  const steps = new Set<string>();
  for (const program of ["git", "tmux"] as const) {
    for (let n = 1; n < 60; n++) {
      const agent = await agentAtWork();
      await prepare(agent.id);
      const { PATH, calls } = faulty(program, n, "kill -9 $PPID; exit 1");
      const ran = await fleet(words(agent.id), { env: { PATH } });
      const context = `${words("").join(" ")} dies at ${program} call ${n}: ${ran.code} ${unfinishedStep(place)}`;
      steps.add(unfinishedStep(place));
      expect([context, (await workIn(place, agent, agent.text)).length]).not.toEqual([context, 0]);
      await wholeAgain(context, agent);
      await ok(["kill", agent.id, "--yes", "--force"]);
      if (calls() < n) break;
    }
  }
  return [...steps].sort();
}

test("fleet dies at each call of kill in turn: all is put right", async () => {
  expect(await dieAtEachCall((id) => ["kill", id, "--yes", "--force"], async () => {})).toEqual(["kill branch", "kill end", "kill save", "none"]);
}, 180_000);

test("fleet dies at each call of undo in turn, from the trash and from the ref alone: all is put right", async () => {
  const kill = async (id: string) => void (await ok(["kill", id, "--yes", "--force"]));
  expect(await dieAtEachCall((id) => ["undo", id], kill)).toEqual(["none", "undo branch", "undo tidy"]);
  const andEmpty = async (id: string) => {
    await kill(id);
    rmSync(join(home, "worktrees/.trash", id), { recursive: true });
  };
  expect(await dieAtEachCall((id) => ["undo", id], andEmpty)).toEqual(["none", "undo begin", "undo branch", "undo rebuild", "undo tidy"]);
}, 180_000);

test("a full disk while the work is saved puts everything back", async () => {
  const agent = await agentAtWork();
  // git can't write its pack: the objects' directory is a file, as seen by fast-import alone.
  const folder = join(server.root, "full");
  mkdirSync(folder);
  writeFileSync(join(folder, "git"), `#!/bin/sh\ncase "$*" in *fast-import*) head -c 1000 >/dev/null; echo 'fatal: unable to write pack: No space left on device' >&2; exit 128;; esac\nexec '${Bun.which("git")}' "$@"\n`);
  chmodSync(join(folder, "git"), 0o755);
  const ran = await fleet(["kill", agent.id, "--yes", "--force"], { env: { PATH: `${folder}:${server.env["PATH"]}` } });
  expect(ran.code).toBe(1);
  expect(ran.stderr).toContain(`${agent.branch} is stopped, and nothing was removed, because its state could not be saved: git`);
  expect(ran.stderr).toContain("No space left on device");
  expect(unfinishedStep(place)).toBe("none");
  await wholeAgain("full", agent);
});
