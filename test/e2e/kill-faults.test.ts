// git or tmux that fails, or hangs, at every call of kill and undo in turn: nothing is lost, and the error says what was done.
import { expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Row } from "../../src/fleet/doctor/doctor";
import { gatherKillFacts } from "../../src/fleet/kill/facts";
import { applyKill } from "../../src/fleet/kill/apply";
import { planKill } from "../../src/fleet/kill/plan";
import { loadAgents } from "../../src/fleet/agents";
import { openGit } from "../../src/ports/git/call";
import { limitGit } from "../../src/ports/git/limit";
import { openStore } from "../../src/ports/store";
import { openTmux } from "../../src/ports/tmux/call";
import { openPlace } from "../helpers/place";
import { allLeftovers, unfinishedStep, workIn } from "../helpers/trash";

const place = await openPlace();
const { fleet, ok, repo, server } = place;
const home = server.fleetHome;
mkdirSync(home, { recursive: true });
writeFileSync(join(home, "config.toml"), '[kinds.quiet]\ncommand = ["sleep", "100000"]\n');
const nothing = await allLeftovers(place);

/** A PATH on which call `n` of `program` does `fault`, and the others what they should. `calls` counts them. */
function faulty(program: "git" | "tmux", n: number, fault: string): { PATH: string; calls(): number } {
  const folder = join(server.root, "faulty");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const file = join(folder, program);
  writeFileSync(file, `#!/bin/sh\nprintf x >>'${folder}/calls'\nif [ "$(($(wc -c <'${folder}/calls')))" -eq ${n} ]; then ${fault}; fi\nexec '${Bun.which(program)}' "$@"\n`);
  chmodSync(file, 0o755);
  return { PATH: `${folder}:${server.env["PATH"]}`, calls: () => (existsSync(join(folder, "calls")) ? readFileSync(join(folder, "calls"), "utf8").length : 0) };
}

const FAILS = "echo 'fatal: a stand-in fails' >&2; exit 128";

let made = 0;
async function agentAtWork(): Promise<{ id: string; worktree: string; branch: string; text: string }> {
  const branch = `case-${made++}`;
  await ok(["create", branch, "-a", "quiet", "-d"]);
  const { id, worktree } = await place.agent(branch);
  const text = `work of ${branch}\n`;
  writeFileSync(join(worktree, "work.txt"), text);
  return { id, worktree, branch, text };
}

/** After whatever failed: put right, brought back, whole, and nothing left. */
async function wholeAgain(context: string, agent: { id: string; worktree: string; branch: string; text: string }): Promise<void> {
  const rows = JSON.parse((await fleet(["doctor", "--fix", "--json"])).stdout) as Row[];
  expect([context, rows.filter((row) => row.status === "fail").map((row) => row.what)]).toEqual([context, []]);
  // Killed all the same, perhaps without its branch being deleted: that is told, and no leftover.
  if (!(await place.list("--all")).some(({ id }) => id === agent.id)) await ok(["undo", agent.id]);
  expect([context, (await allLeftovers(place)).filter((thing) => !nothing.includes(thing))]).toEqual([context, []]);
  expect([context, readFileSync(join(agent.worktree, "work.txt"), "utf8")]).toEqual([context, agent.text]);
  expect([context, await repo.git("-C", agent.worktree, "status", "--porcelain", "--branch")]).toEqual([context, `## ${agent.branch}\n?? work.txt`]);
}

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

test("git hangs at each call of kill in turn: it ends in time, and everything is where it was", async () => {
  for (let n = 1; n < 40; n++) {
    const agent = await agentAtWork();
    await ok(["stop", agent.id]);
    const { PATH, calls } = faulty("git", n, "sleep 100000");
    const env = { ...server.env, PATH };
    const ports = { git: limitGit(openGit(env), () => 250), tmux: openTmux(env), store: openStore(home, () => {}), now: Date.now };
    const kill = async () => {
      const found = (await loadAgents(ports)).find(({ record }) => record.id === agent.id)!;
      const plan = planKill({ force: true, deleteBranch: false }, await gatherKillFacts(ports, found, { panes: [], records: [], cwd: "/", caller: null }));
      await applyKill(ports, plan, { warn() {}, doomed: new Set(), moved() {}, stallMs: 250 });
    };
    const began = performance.now();
    const error = await kill().then(() => null, (thrown: Error) => thrown);
    const context = `git call ${n} hangs: ${error?.name} ${error?.message}`;
    expect([context, performance.now() - began < 5_000]).toEqual([context, true]);
    if (error) expect([context, error.name]).toEqual([context, "UserError"]);
    expect([context, (await workIn(place, agent, agent.text)).length]).not.toEqual([context, 0]);
    // The claim of this process, which lives on, is over too.
    if (unfinishedStep(place) !== "none") rewriteClaim(agent.id);
    await wholeAgain(context, agent);
    await ok(["kill", agent.id, "--yes", "--force"]);
    if (calls() < n) return;
  }
  throw new Error("kill never came to its end");
}, 180_000);

/** As if the process that claimed the agent were gone: here it is the test itself. */
function rewriteClaim(id: string): void {
  const file = join(home, "journal", `${id}.json`);
  writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(file, "utf8")) as object), pid: 1, start: "gone" }));
}

test("a tmux that hangs is given up on after 15 seconds, and nothing was removed", async () => {
  const agent = await agentAtWork();
  const folder = join(server.root, "hanging");
  mkdirSync(folder);
  writeFileSync(join(folder, "tmux"), `#!/bin/sh\ncase "$*" in *kill-session*) exec sleep 100000;; esac\nexec '${Bun.which("tmux")}' "$@"\n`);
  chmodSync(join(folder, "tmux"), 0o755);
  const began = performance.now();
  const ran = await fleet(["kill", agent.id, "--yes", "--force"], { env: { PATH: `${folder}:${server.env["PATH"]}` } });
  expect([ran.code, ran.stderr]).toEqual([1, expect.stringMatching(/could not be ended, and nothing was removed: tmux.* did not answer in time/) as unknown as string]);
  expect(performance.now() - began).toBeLessThan(25_000);
  await wholeAgain("tmux hung", agent);
}, 60_000);

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
