// kill -9 of gc, sync, keep, pr and start --all, at any moment: the repository is whole, what is half done is named, and all goes on from there.
import { beforeAll, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { age, ageTrash } from "../helpers/aged";
import { cutOff, expectNamedAndPutRight, timed } from "../helpers/cut-off";
import { standInForForge } from "../helpers/forge";
import { allLeftovers } from "../helpers/trash";
import { type Listed, openPlace, type Place } from "../helpers/place";
import { openTestRepo } from "../helpers/repo";
import { until } from "../helpers/until";
import { seeded } from "../helpers/worktree-states";

const CASES = Number(process.env["CASES"] ?? 3);
const SEED = Number(process.env["SEED"] ?? Math.floor(Math.random() * 1e9));
const random = seeded(SEED);

const place: Place = await openPlace({ repo: { files: 40 } });
const { fleet, ok, repo, server } = place;
const seen: Record<string, number> = {};
let nothing: string[] = [];

beforeAll(async () => {
  mkdirSync(server.fleetHome, { recursive: true });
  writeFileSync(join(server.fleetHome, "config.toml"), '[kinds.quiet]\ncommand = ["sleep", "100000"]\n');
  standInForForge(server, "gh");
  const bare = join(server.root, "remote.git");
  await repo.git("init", "-q", "--bare", "-b", "main", bare);
  await repo.git("remote", "add", "origin", bare);
  await repo.git("push", "-q", "-u", "origin", "main");
  nothing = await allLeftovers(place);
});

const all = (...words: string[]) => place.list("--all", ...words);
const named = (agents: readonly Listed[], branch: string) => agents.find((one) => one.branch === branch)!;

async function batch(prefix: string, size: number): Promise<Listed[]> {
  await ok(["fanout", String(size), prefix, "-a", "quiet", "-p", "x", "-d", "--yes"]);
  await ok(["stop", "--batch", prefix]);
  const agents = await all();
  return Array.from({ length: size }, (_, i) => named(agents, `${prefix}-${i + 1}`));
}

/** Cut it off after a random part of the time that it takes whole, or at its first work, and put right what is left. */
async function cut(words: readonly string[], whole: number): Promise<string> {
  const at = random() < 0.5 ? "start" : "work";
  const ms = Math.round(random() * (at === "start" ? 1.1 * whole : 60));
  await cutOff(place, words, ms, at);
  const context = `${words.join(" ")} cut off ${ms} ms after its ${at} (SEED=${SEED} CASES=${CASES})`;
  const step = await expectNamedAndPutRight(place, context, nothing);
  seen[step] = (seen[step] ?? 0) + 1;
  return `${context}, at ${step}`;
}

const cases = (name: string, run: () => Promise<void>) => test(`${name}, ${CASES} times (SEED=${SEED} CASES=${CASES})`, run, 60_000 + CASES * 10_000);

cases("gc: what goes for good is gone or whole, what it ends comes back, and what is younger stays", async () => {
  const ready = async (i: number | string) => {
    const agents = await batch(`gc-${i}`, 4);
    for (const { worktree, branch } of agents) {
      const own = openTestRepo(server, worktree);
      own.write("work.txt", `work of ${branch}\n`);
      await own.commit("Work");
    }
    const [killed, young, ...old] = agents as [Listed, Listed, ...Listed[]];
    await ok(["kill", killed.id, young.id, "--yes"]);
    ageTrash(place, killed.id, 20);
    for (const agent of old) age(place, agent, 20);
    return { killed, young, old, agents };
  };
  await ready("whole");
  const whole = await timed(place, ["gc", "--older", "9d", "--yes"]);
  for (let i = 0; i < CASES; i++) {
    const { killed, young, old } = await ready(i);
    const context = await cut(["gc", "--older", "9d", "--yes"], whole);
    const back = await fleet(["undo", killed.id]);
    // Whole, or nothing at all of it.
    if (back.code === 0) expect([context, readFileSync(join(killed.worktree, "work.txt"), "utf8")]).toEqual([context, `work of ${killed.branch}\n`]);
    else expect([context, back.stderr, await repo.git("for-each-ref", `refs/fleet/trash/${killed.id}`), existsSync(join(server.fleetHome, "worktrees/.trash", killed.id))]).toEqual([context, expect.stringContaining("nothing to undo"), "", false]);
    await ok(["undo", young.id]);
    const living = new Set((await all()).map(({ id }) => id));
    for (const agent of old) if (!living.has(agent.id)) await ok(["undo", agent.id]);
    for (const { worktree, branch } of [young, ...old]) {
      expect([context, readFileSync(join(worktree, "work.txt"), "utf8"), await repo.git("-C", worktree, "status", "--porcelain", "--branch")]).toEqual([context, `work of ${branch}\n`, `## ${branch}`]);
    }
    await ok(["kill", `gc-${i}-*`, "--yes", "--force", "--delete-branch"]);
  }
});

cases("keep: every attempt is there, or comes back with its work", async () => {
  const ready = async (i: number | string) => {
    const agents = await batch(`keep-${i}`, 3);
    for (const { worktree, branch } of agents) writeFileSync(join(worktree, "work.txt"), `work of ${branch}\n`);
    return agents;
  };
  await ready("whole");
  const whole = await timed(place, ["keep", "keep-whole-1", "--yes"]);
  await ok(["kill", "keep-whole-1", "--yes", "--force"]);
  for (let i = 0; i < CASES; i++) {
    const agents = await ready(i);
    const context = await cut(["keep", agents[0]!.id, "--yes"], whole);
    const living = new Set((await all()).map(({ id }) => id));
    expect([context, living.has(agents[0]!.id)]).toEqual([context, true]);
    for (const { id } of agents) if (!living.has(id)) await ok(["undo", id]);
    for (const { worktree, branch } of agents) expect([context, readFileSync(join(worktree, "work.txt"), "utf8"), await repo.git("-C", worktree, "status", "--porcelain", "--branch")]).toEqual([context, `work of ${branch}\n`, `## ${branch}\n?? work.txt`]);
    await ok(["kill", `keep-${i}-*`, "--yes", "--force"]);
  }
});

cases("sync: the base is in the agent's branch or is not, and uncommitted work is where it was", async () => {
  const [agent] = await batch("sync", 1);
  const own = openTestRepo(server, agent!.worktree);
  own.write("work.txt", "committed\n");
  await own.commit("Work");
  const onward = async (i: number | string) => {
    repo.write(`onward-${i}.txt`, "main moves on\n");
    await repo.commit(`Onward ${i}`);
    own.write("src/d0/f3.txt", `uncommitted ${i}\n`);
    own.write("untracked.txt", `untracked ${i}\n`);
    return { head: await own.git("rev-parse", "HEAD"), main: await repo.git("rev-parse", "main") };
  };
  await onward("whole");
  const whole = await timed(place, ["sync", agent!.branch]);
  for (let i = 0; i < CASES; i++) {
    const { head, main } = await onward(i);
    const context = await cut(["sync", agent!.branch], whole);
    const now = await own.git("rev-parse", "HEAD");
    if (now !== head) expect([context, await own.git("rev-parse", "HEAD^1", "HEAD^2")]).toEqual([context, `${head}\n${main}`]);
    const mine = () => [readFileSync(join(agent!.worktree, "src/d0/f3.txt"), "utf8"), readFileSync(join(agent!.worktree, "untracked.txt"), "utf8")];
    expect([context, await own.git("status", "--porcelain"), existsSync(join(agent!.worktree, `onward-${i}.txt`)), mine()]).toEqual([context, " M src/d0/f3.txt\n?? untracked.txt", now !== head, [`uncommitted ${i}\n`, `untracked ${i}\n`]]);
    expect([context, await repo.git("rev-parse", "main"), await repo.git("status", "--porcelain")]).toEqual([context, main, ""]);
    await ok(["sync", agent!.branch]);
    expect([context, await own.git("merge-base", "HEAD", "main"), mine()]).toEqual([context, main, [`uncommitted ${i}\n`, `untracked ${i}\n`]]);
  }
  await ok(["kill", agent!.id, "--yes", "--force", "--delete-branch"]);
});

cases("pr: the branch is on the remote or is not, and the next call goes on from there", async () => {
  const agents = await batch("pr", CASES + 1);
  for (const { worktree, branch } of agents) {
    const own = openTestRepo(server, worktree);
    own.write(`${branch}.txt`, "work\n");
    await own.commit(`Work of ${branch}`);
  }
  const whole = await timed(place, ["pr", agents[0]!.branch]);
  for (const { branch, worktree } of agents.slice(1)) {
    const context = await cut(["pr", branch], whole);
    await until(async () => (await fleet(["pr", branch])).code === 0, { what: "a second request" });
    const tip = await repo.git("rev-parse", branch);
    expect([context, await repo.git("ls-remote", "origin", `refs/heads/${branch}`), await repo.git("-C", worktree, "status", "--porcelain", "--branch")]).toEqual([context, `${tip}\trefs/heads/${branch}`, `## ${branch}...origin/${branch}`]);
  }
  await ok(["kill", "--batch", "pr", "--yes", "--force", "--delete-branch"]);
});

cases("start --all: none is doubled, none is lost, and the next call brings up the rest", async () => {
  const agents = await batch("start", 4);
  const whole = await timed(place, ["start", "--all"]);
  for (let i = 0; i < CASES; i++) {
    await ok(["stop", "--batch", "start"]);
    const context = await cut(["start", "--all"], whole);
    await fleet(["start", "--all"]);
    const running = await until(async () => { const now = await all("--batch", "start"); return now.every(({ session }) => session !== null) && now; }, { what: `all have a session: ${context}` });
    expect([context, running.map(({ id }) => id).sort()]).toEqual([context, agents.map(({ id }) => id).sort()]);
    const ids = agents.map(({ id }) => id).sort();
    const panes = (await server.tmux("list-panes", "-a", "-f", "#{!=:#{@fleet_id},}", "-F", "#{@fleet_id}")).split("\n").sort();
    const scripts = Bun.spawnSync(["ps", "-A", "-o", "args="]).stdout.toString().split("\n").flatMap((line) => new RegExp(`${server.fleetHome}/agents/([a-z0-9]+)/run$`).exec(line)?.[1] ?? []).sort();
    expect([context, panes, scripts]).toEqual([context, ids, ids]);
  }
});

test("they were cut off in the middle", () => {
  console.log(Object.entries(seen).map(([step, times]) => `${step} ${times}`).join(", "));
  expect(CASES < 3 || Object.keys(seen).some((step) => step !== "none")).toBe(true);
});
