// Batches that are cut off (kill -9, Ctrl-C at any moment) and batches at the same time: whole agents, or none of them.
import { afterEach, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { binary } from "../helpers/binary";
import { leftovers, withoutSession } from "../helpers/leftovers";
import { openPlace, type Place } from "../helpers/place";
import { terminals } from "../helpers/terminal";
import { until } from "../helpers/until";

const CASES = Number(process.env["CASES"] ?? 5);
const ROUNDS = Number(process.env["ROUNDS"] ?? 3);
const SEED = Number(process.env["SEED"] ?? Date.now() % 1_000_000);

const place: Place = await openPlace({ repo: { files: 40 } });
const { fleet, ok, repo, server } = place;
const openTerminal = await terminals(server.env);
let random = SEED;

beforeAll(() => {
  mkdirSync(server.fleetHome, { recursive: true });
  writeFileSync(join(server.fleetHome, "config.toml"), '[kinds.quiet]\ncommand = ["sleep", "100000"]\n[kinds.codex]\n');
});

/** The next of a row of numbers from 0 to 1 that SEED decides. */
function next(): number {
  random = (Math.imul(random, 1_103_515_245) + 12_345) & 0x7fff_ffff;
  return random / 0x7fff_ffff;
}

const folder = (name: string) => [...new Bun.Glob("*.json").scanSync({ cwd: mkdir(name) })];
const live = async () => (await place.list("--all")).map(({ branch }) => branch).sort();
/** What belongs to no whole agent, without the trash and what tidies it in the background. */
const strays = async () => [...(await leftovers(place)).filter((path) => !/\/\.trash\/|\/locks\/purge\./.test(path)), ...(await withoutSession(place))];

function mkdir(name: string): string {
  const path = join(server.fleetHome, name);
  mkdirSync(path, { recursive: true });
  return path;
}

async function startAndSignal(words: string[], signal: NodeJS.Signals, ms: number): Promise<{ code: number | null; stderr: string }> {
  const child = Bun.spawn([await binary(), ...words], { cwd: repo.path, env: server.env, stdin: "ignore", stdout: "ignore", stderr: "pipe" });
  await Promise.race([Bun.sleep(ms), child.exited]);
  child.kill(signal);
  const [stderr, code] = await Promise.all([child.stderr.text(), child.exited]);
  return { code: child.signalCode ? null : code, stderr };
}

async function killAll(): Promise<void> {
  const branches = await live();
  if (branches.length > 0) await ok(["kill", ...branches, "--yes", "--force", "--delete-branch"]);
  expect(await live()).toEqual([]);
}

// One that fails does not make the next ones fail.
afterEach(async () => {
  if ((await live()).length > 0) await killAll();
});

describe(`kill -9 of a fanout at any moment (CASES=${CASES} SEED=${SEED})`, () => {
  let hits = 0;
  for (let i = 0; i < CASES; i++) {
    const ms = Math.round(next() * 450);
    test(`case ${i}: after ${ms} ms the next command tells what is there, and ${i % 2 ? "doctor --fix leaves whole agents" : "--resume makes the rest"}`, async () => {
      const label = `case-${i}`;
      const wanted = Array.from({ length: 6 }, (_, n) => `${label}-${n + 1}`);
      await startAndSignal(["fanout", "6", label, "-a", "quiet", "-p", "x", ...(i % 3 ? [] : ["-d"])], "SIGKILL", ms);
      const begun = folder("batches").length > 0;
      const cut = folder("journal").length > 0;
      if (cut && begun) hits++;
      const told = (await fleet(["list"])).stderr;
      if (cut && begun) expect(told).toMatch(new RegExp(`1 unfinished batch: ${label} \\(\\d (is|are|of 6 are|of 6 is) there\\).*; fleet fanout --resume ${label}, or fleet doctor --fix`));
      if (i % 2 === 0 && begun) {
        await ok(["fanout", "--resume", label]);
        expect(await live()).toEqual(wanted);
        expect((await place.list("--batch", label)).every(({ session }) => session !== null)).toBe(true);
      } else {
        const rows = JSON.parse(await ok(["doctor", "--fix", "--json"])) as { check: string; status: string; what: string }[];
        expect(rows.filter(({ check, status }) => check === "unfinished" && status !== "ok")).toEqual([]);
        expect(folder("batches").length).toBe((await live()).length > 0 ? 1 : 0);
      }
      expect([await strays(), folder("journal")]).toEqual([[], []]);
      expect((await fleet(["list"])).stderr).not.toContain("unfinished");
      await killAll();
      expect([folder("batches"), await strays()]).toEqual([[], []]);
    }, 60_000);
  }
  test("the kills hit batches that were under way", () => expect(hits).toBeGreaterThanOrEqual(CASES / 5));
});

describe("Ctrl-C", () => {
  for (const [i, ms] of [10, 60, 120, 200, 320].entries()) {
    test(`after ${ms} ms of a fanout leaves whole agents, says which are there, and ends with 130`, async () => {
      const { code, stderr } = await startAndSignal(["fanout", "8", `stop-${i}`, "-a", "quiet", "-p", "x"], "SIGINT", ms);
      const there = await live();
      // Before fleet has begun, the signal just ends it.
      if (code !== null) {
        expect(code === 130 || (code === 0 && there.length === 8)).toBe(true);
        if (code === 130) expect(stderr).toMatch(there.length > 0 ? new RegExp(`[✓✗] ${there.length} of 8 started in batch stop-${i}`) : /nothing was started|0 of 8 started/);
      }
      expect([await strays(), folder("journal")]).toEqual([[], []]);
      expect(folder("batches").length).toBe(there.length > 0 ? 1 : 0);
      await killAll();
    }, 30_000);
  }

  test("while programs wait for their turn starts no more of them", async () => {
    const bin = join(server.root, "bin");
    await Bun.write(join(bin, "codex"), "#!/bin/sh\nexec sleep 1000\n");
    Bun.spawnSync(["chmod", "+x", join(bin, "codex")]);
    writeFileSync(join(server.fleetHome, "config.toml"), '[kinds.quiet]\ncommand = ["sleep", "100000"]\n[batch]\nstagger = 60000\n');
    const terminal = await openTerminal(`trap : INT; cd '${repo.path}'; PATH='${bin}':"$PATH" '${await binary()}' fanout 3 turn -a codex -p x -j 3; echo "code=$?"; exec sleep 1000`);
    await terminal.shows("waits for its turn");
    await terminal.shows("[████████░░░░░░░░░░░░░░░░] 1 of 3 at work");
    await terminal.keys("C-c");
    await terminal.shows("code=130");
    expect(await terminal.screen()).toContain("✗ 1 of 3 started in batch turn; not started: turn-2, turn-3");
    expect([await live(), await strays()]).toEqual([["turn-1"], []]);
    await terminal.close();
    await killAll();
  }, 30_000);

  test("twice, in a terminal where it reaches git too, leaves no half", async () => {
    const terminal = await openTerminal(`trap : INT; cd '${repo.path}'; '${await binary()}' fanout 12 twice -a quiet -p x; echo "code=$?"; exec sleep 1000`);
    await terminal.shows("twice-1 ");
    await terminal.keys("C-c");
    await terminal.keys("C-c");
    await terminal.shows("code=130");
    expect([await strays(), folder("journal")]).toEqual([[], []]);
    await terminal.close();
    await killAll();
  }, 30_000);

  test("at the question, and No, make nothing", async () => {
    for (const key of ["C-c", "n"]) {
      const terminal = await openTerminal(`trap : INT; cd '${repo.path}'; '${await binary()}' fanout 26 asked -a quiet -p x; echo "code=$?"; exec sleep 1000`);
      await terminal.shows("Start 26 agents?");
      await terminal.keys(key, "Enter");
      await terminal.shows("nothing was started");
      expect([await live(), folder("batches"), folder("journal")]).toEqual([[], [], []]);
      await terminal.close();
    }
  }, 30_000);
});

describe("at the same time", () => {
  for (let i = 0; i < ROUNDS; i++) {
    test(`round ${i}: two fanouts of one prefix, a multi and a kill --batch all succeed, and no record is lost`, async () => {
      await ok(["fanout", "3", "old", "-a", "quiet", "-p", "x", "-d"]);
      const ran = await Promise.all([
        fleet(["fanout", "4", "try", "-a", "quiet", "-p", "x", "-d"]),
        fleet(["fanout", "4", "try", "-a", "quiet", "-p", "x"]),
        fleet(["multi", "many-a:x", "many-b:y", "many-c:z", "-a", "quiet"]),
        fleet(["kill", "--batch", "old", "--yes"]),
      ]);
      expect(ran.map(({ code, stderr }) => (code === 0 ? 0 : stderr))).toEqual([0, 0, 0, 0]);
      const agents = await place.list("--all");
      expect(agents.map(({ branch }) => branch).sort()).toEqual(["many-a", "many-b", "many-c", ...[1, 2, 3, 4, 5, 6, 7, 8].map((n) => `try-${n}`)]);
      const labels = (JSON.parse(await ok(["batch", "--json"])) as { label: string; agents: number }[]).map(({ label, agents: n }) => `${label} ${n}`).sort();
      expect(labels).toEqual(["many-a 3", "try 4", "try.2 4"]);
      expect([await strays(), folder("journal")]).toEqual([[], []]);
      await killAll();
      expect(folder("batches")).toEqual([]);
    }, 60_000);
  }

  test("six fanouts of one prefix share no number and no label", async () => {
    const ran = await Promise.all([1, 2, 3, 4, 5, 6].map(() => fleet(["fanout", "1", "rush", "-a", "quiet", "-p", "x", "-d"])));
    expect(ran.map(({ code, stderr }) => (code === 0 ? 0 : stderr))).toEqual([0, 0, 0, 0, 0, 0]);
    expect(await live()).toEqual([1, 2, 3, 4, 5, 6].map((n) => `rush-${n}`));
    expect(new Set((JSON.parse(await ok(["batch", "--json"])) as { label: string }[]).map(({ label }) => label)).size).toBe(6);
    await killAll();
  }, 30_000);

  test("a kill of a batch that is coming up takes it whole, its fanout tells so, and undo has it", async () => {
    writeFileSync(join(server.fleetHome, "config.toml"), '[kinds.quiet]\ncommand = ["sleep", "100000"]\n[setup]\nrun = ["sleep 1000"]\n');
    const making = fleet(["fanout", "3", "both", "-a", "quiet", "-p", "x"]);
    await until(async () => (await place.list()).filter(({ session, reason }) => session !== null && reason === null).length === 3 && folder("journal").length === 1);
    await ok(["kill", "--batch", "both", "--yes"]);
    const { code, stderr } = await making;
    expect(code).toBe(1);
    expect(stderr).toMatch(/✗ both-\d: another command ended it while it was coming up/);
    expect(stderr).not.toContain("could not undo");
    expect([await live(), await strays(), folder("journal")]).toEqual([[], [], []]);
    for (const n of [1, 2, 3]) await ok(["undo", `both-${n}`]);
    expect(await live()).toEqual(["both-1", "both-2", "both-3"]);
    writeFileSync(join(server.fleetHome, "config.toml"), '[kinds.quiet]\ncommand = ["sleep", "100000"]\n');
    await killAll();
  }, 60_000);

  test("a batch that is being made is not resumed, and its branches are taken", async () => {
    const making = fleet(["fanout", "6", "busy", "-a", "quiet", "-p", "x"]);
    await until(() => folder("batches").length > 0);
    const [again, other] = await Promise.all([fleet(["fanout", "--resume", "busy"]), fleet(["multi", "busy-6:x", "-a", "quiet"])]);
    expect([(await making).code, again.code, other.code]).toEqual([0, 1, 1]);
    expect(again.stderr).toContain("✗ another command is making this batch now: busy");
    expect(other.stderr).toMatch(/batch busy is making this branch now: busy-6|an agent has this branch already: busy-6/);
    expect((await live()).length).toBe(6);
    await killAll();
  }, 30_000);
});
