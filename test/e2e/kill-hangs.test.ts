// git or tmux that hangs at every call of kill and undo in turn: it ends in time, and nothing is lost.
import { expect, test } from "bun:test";
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadAgents } from "../../src/fleet/agents";
import { applyKill } from "../../src/fleet/kill/apply";
import { gatherKillFacts } from "../../src/fleet/kill/facts";
import { planKill } from "../../src/fleet/kill/plan";
import { applyUndo } from "../../src/fleet/undo/apply";
import { gatherUndoFacts } from "../../src/fleet/undo/facts";
import { allRemains } from "../../src/fleet/undo/find";
import { findRemains, refuseUndo } from "../../src/fleet/undo/plan";
import { openGit } from "../../src/ports/git/call";
import { limitGit } from "../../src/ports/git/limit";
import { openStore } from "../../src/ports/store";
import { openTmux } from "../../src/ports/tmux/call";
import { openFaults, type Worker } from "../helpers/faults";
import { openPlace } from "../helpers/place";
import { unfinishedStep, workIn } from "../helpers/trash";

const place = await openPlace();
const { fleet, ok, repo, server } = place;
const home = server.fleetHome;
const { faulty, agentAtWork, wholeAgain } = await openFaults(place);

const HANGS = "exec sleep 100000";
/** Milliseconds that a call gets here; a person's gets 15 s (tmux) and two minutes (git). */
const LIMIT_MS = 250;

function portsOn(PATH: string) {
  const env = { ...server.env, PATH };
  return { git: limitGit(openGit(env), () => LIMIT_MS), tmux: openTmux(env, undefined, LIMIT_MS * 2), store: openStore(home, () => {}), now: Date.now };
}

async function killIn(ports: ReturnType<typeof portsOn>, id: string): Promise<void> {
  const found = (await loadAgents(ports)).find(({ record }) => record.id === id)!;
  const plan = planKill({ force: true, deleteBranch: false }, await gatherKillFacts(ports, found, { panes: [], records: [], cwd: "/", caller: null }));
  await applyKill(ports, plan, { warn() {}, doomed: new Set(), moved() {}, stallMs: LIMIT_MS });
}

async function undoIn(ports: ReturnType<typeof portsOn>, id: string): Promise<void> {
  const common = join(repo.path, ".git");
  const remains = await allRemains(ports, { common, root: async () => join(home, "worktrees"), passed() {} });
  const found = findRemains(remains, id, common);
  refuseUndo(found, await gatherUndoFacts(ports, found.entry));
  await applyUndo(ports, found, LIMIT_MS);
}

/** As if the process that claimed the agent were gone: here it is the test itself. */
function rewriteClaim(id: string): void {
  const file = join(home, "journal", `${id}.json`);
  writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(file, "utf8")) as object), pid: 1, start: "gone" }));
}

/** Returns how many calls there were. */
async function hangAtEach(program: "git" | "tmux", what: string, prepare: (agent: Worker) => Promise<unknown>, act: typeof killIn): Promise<number> {
  for (let n = 1; n < 60; n++) {
    const agent = await agentAtWork();
    await prepare(agent);
    const { PATH, calls } = faulty(program, n, HANGS);
    const began = performance.now();
    const error = await act(portsOn(PATH), agent.id).then(() => null, (thrown: Error) => thrown);
    const context = `${program} call ${n} of ${what} hangs: ${error?.name} ${error?.message}`;
    expect([context, performance.now() - began < 5_000]).toEqual([context, true]);
    // A tool that does not answer before anything was begun is told by the one place that words errors.
    if (error && unfinishedStep(place) !== "none") expect([context, error.name]).toEqual([context, "UserError"]);
    expect([context, (await workIn(place, agent, agent.text)).length]).not.toEqual([context, 0]);
    // The claim of this process, which lives on, is over too.
    if (unfinishedStep(place) !== "none") rewriteClaim(agent.id);
    await wholeAgain(context, agent);
    await ok(["kill", agent.id, "--yes", "--force"]);
    if (calls() < n) return n - 1;
  }
  throw new Error(`${what} never came to its end`);
}

const stop = ({ id }: Worker) => ok(["stop", id]);
const kill = ({ id }: Worker) => ok(["kill", id, "--yes", "--force"]);
const killAndEmpty = async (agent: Worker) => {
  await kill(agent);
  rmSync(join(home, "worktrees/.trash", agent.id), { recursive: true });
};

test("git hangs at each call of kill in turn", async () => {
  expect(await hangAtEach("git", "kill", stop, killIn)).toBeGreaterThan(8);
}, 180_000);

test("tmux hangs at each call of kill in turn", async () => {
  expect(await hangAtEach("tmux", "kill", async () => {}, killIn)).toBeGreaterThan(3);
}, 180_000);

test("git hangs at each call of undo in turn, from the trash and from the ref alone", async () => {
  expect(await hangAtEach("git", "undo", kill, undoIn)).toBeGreaterThan(2);
  expect(await hangAtEach("git", "undo from the ref", killAndEmpty, undoIn)).toBeGreaterThan(4);
}, 180_000);

test("undo needs no tmux: one that hangs holds nothing up", async () => {
  const agent = await agentAtWork();
  await kill(agent);
  const { PATH } = faulty("tmux", 1, HANGS);
  const began = performance.now();
  expect((await fleet(["undo", agent.id], { env: { PATH } })).code).toBe(0);
  expect(performance.now() - began).toBeLessThan(5_000);
  await wholeAgain("undo without tmux", agent);
}, 30_000);

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
