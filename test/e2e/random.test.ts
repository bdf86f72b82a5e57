// kill, keep, merge, stop and gc of agents in random states, and the way back: the same bytes, also of git's own files of each worktree.
import { expect, test } from "bun:test";
import { cpus } from "node:os";
import { age, ageTrash } from "../helpers/aged";
import type { Picture } from "../helpers/picture";
import { around, type Agent, type Around, batchOf, type Case, certainFeature, cleanTarget, count, dirtyTarget, expectAround, expectGone, expectSame, expectWhole, FEATURES, inState, type Lane, noCounts, type Operation, OPERATIONS, openLane, pictures, putAway } from "../helpers/random-lane";
import { mergeCase, outcomes } from "../helpers/random-merge";
import { openTestRepo } from "../helpers/repo";
import { hidesWork, seeded } from "../helpers/worktree-states";

const CASES = Number(process.env["CASES"] ?? 300);
const SEED = Number(process.env["SEED"] ?? Math.floor(Math.random() * 1e9));
const EACH = Math.ceil(CASES / OPERATIONS.length);
const SIZE = 6;

const counts = noCounts();
const lanes: Lane[] = [];
for (let i = 0; i < Math.max(2, Math.min(5, cpus().length + 1)); i++) lanes.push(await openLane(counts));

/** Until each of `operations` had its cases, in rounds of agents that one command is for; each in the lane that is free first. */
async function runRounds(operations: readonly Operation[], round: (lane: Lane, prefix: string, casesOf: (operation: Operation) => Case[]) => Promise<void>): Promise<void> {
  let [begun, running] = [0, 0];
  const failures: unknown[] = [];
  // What gc has removed for good is kept no more: a few more rounds make up for that.
  const wantsMore = () => failures.length === 0 && (begun * SIZE < EACH || (running === 0 && operations.some((operation) => counts[operation]["cases"]! < EACH)));
  await Promise.all(lanes.map(async (lane) => {
    while (wantsMore()) {
      const first = begun++ * SIZE;
      running++;
      const casesOf = (operation: Operation) => Array.from({ length: SIZE }, (_, i): Case => {
        const n = first + i;
        return { n, seed: (SEED + (OPERATIONS.indexOf(operation) * 1_000_003 + n) * 7919) >>> 0, name: `${operation} ${n}` };
      });
      await round(lane, `${operations[0]}-${first}`, casesOf).catch((error: unknown) => void failures.push(error));
      running--;
    }
  }));
  if (failures.length > 0) throw failures[0];
}

const isDirtyRound = (cases: readonly Case[]) => cases.some((one) => certainFeature(one) === "dirty target");
const contextOf = (one: Case, done: readonly string[]) => `${one.name} (seed ${one.seed}, SEED=${SEED} CASES=${CASES}): ${done.join(", ")}`;
const random = (name: string, run: () => Promise<void>) => test(`${name} (SEED=${SEED} CASES=${CASES})`, run, 60_000 + CASES * 2_000);

interface Scenes {
  done: string[][];
  before: Picture[];
  outside: Around;
  contexts: string[];
}

/** The agents of a round in their states, with what must be the same again. `already`: what was done to each before. */
async function prepare(lane: Lane, cases: readonly Case[], agents: readonly Agent[], already: readonly string[][], options: Parameters<typeof inState>[3] = {}): Promise<Scenes> {
  const target = await dirtyTarget(lane, seeded(cases[0]!.seed), isDirtyRound(cases));
  const done: string[][] = [];
  for (const [i, agent] of agents.entries()) done.push([...(already[i] ?? []), ...(await inState(lane, agent, cases[i]!, options)), ...target]);
  return { done, before: await pictures(lane, agents), outside: await around(lane), contexts: agents.map((_, i) => contextOf(cases[i]!, done[i]!)) };
}

async function expectAsBefore(lane: Lane, what: string, agents: readonly Agent[], { before, contexts, outside }: Scenes): Promise<void> {
  for (const [i, after] of (await pictures(lane, agents)).entries()) expectSame(`${what}: ${contexts[i]}`, before[i]!, after);
  expectAround(`${what}: ${contexts[0]}`, outside, await around(lane));
}

random("stop, and start again; kill, and undo", () => runRounds(["stop", "kill"], async (lane, prefix, casesOf) => {
  const agents = await batchOf(lane, prefix, SIZE);
  const ids = agents.map(({ id }) => id);
  const stopped = await prepare(lane, casesOf("stop"), agents, []);
  for (const words of [["stop", ...ids], ["start", ...ids]]) {
    await lane.ok(words);
    await expectAsBefore(lane, words[0]!, agents, stopped);
  }
  for (const done of stopped.done) count(lane, "stop", done);
  await cleanTarget(lane);

  // While their programs run.
  const cases = casesOf("kill");
  const killed = await prepare(lane, cases, agents, stopped.done.map((done) => done.filter((one) => !one.includes("target"))), { most: 0.25 });
  await lane.ok(["kill", ...ids, "--yes", "--force", ...(seeded(cases[0]!.seed)() < 0.5 ? ["--delete-branch"] : [])]);
  expectGone(prefix, agents);
  await lane.ok(["undo", ...ids]);
  await expectAsBefore(lane, "kill", agents, killed);
  for (const done of killed.done) count(lane, "kill", done);
  await putAway(lane, agents);
}));

random("gc by age, and undo of each that it ended; keep, and undo", () => runRounds(["gc", "keep"], async (lane, prefix, casesOf) => {
  const [kept, ...agents] = await batchOf(lane, prefix, SIZE + 1);
  await lane.ok(["stop", "--batch", prefix]);
  const left = await gcRound(lane, agents, casesOf("gc"));
  await cleanTarget(lane);

  const cases = casesOf("keep");
  const draw = seeded(cases[0]!.seed + 1);
  const scenes = await prepare(lane, cases, left.map(({ agent }) => agent), left.map(({ done }) => done), { most: 0.25 });
  openTestRepo(lane.server, kept!.worktree).write("best.txt", `best of ${prefix}\n`);
  const [own] = await pictures(lane, [kept!]);
  const merge = draw() < 0.5;
  const siblings = left.map(({ agent }) => agent);
  await lane.ok(["keep", kept!.id, "--yes", ...(draw() < 0.5 ? ["--delete-branch"] : []), ...(merge ? ["--merge", "--commit"] : [])]);
  expectGone(prefix, merge ? [kept!, ...siblings] : siblings);
  await lane.ok(["undo", ...siblings.map(({ id }) => id), ...(merge ? [kept!.id] : [])]);
  const [back] = await pictures(lane, [kept!]);
  // A merge may write the stat data of both indexes, and its logs.
  if (merge) scenes.outside.target["git index"] = (await around(lane)).target["git index"]!;
  await expectAsBefore(lane, merge ? "keep --merge" : "keep", siblings, scenes);
  if (merge) expect([back!["best.txt"], back!["git status"]]).toEqual([own!["best.txt"], own!["git status"]]);
  else expectSame(prefix, own!, back!);
  for (const done of scenes.done) count(lane, "keep", done);
  await putAway(lane, [kept!, ...siblings]);
}));

/** Returns those that are there afterwards. */
async function gcRound(lane: Lane, agents: readonly Agent[], cases: readonly Case[]): Promise<{ agent: Agent; done: string[] }[]> {
  const draw = seeded(cases[0]!.seed + 1);
  const target = await dirtyTarget(lane, draw, isDirtyRound(cases));
  const done: string[][] = [];
  // Every other one is old, and has all committed, so that each feature goes and comes back.
  const isCalm = (i: number) => cases[i]!.n % 2 === 0;
  for (const [i, agent] of agents.entries()) {
    const atRest = isCalm(i) || draw() < 0.8;
    const without = [...(atRest ? ["nested", "nestedTracked", "submodule"] : []), ...(isCalm(i) ? ["assumeUnchanged", "skipWorktree"] : [])];
    done.push([...(await inState(lane, agent, cases[i]!, { stands: !atRest, without, module: "restingModule", ...(isCalm(i) ? { most: 0.15 } : {}) })), ...target]);
    if (atRest) await openTestRepo(lane.server, agent.worktree).commit("All of it").catch(() => {});
  }
  const [before, outside] = [await pictures(lane, agents), await around(lane)];
  const hidden = await Promise.all(agents.map(({ worktree }) => hidesWork(lane.server, worktree)));
  // Some were killed before, longer ago or not.
  const killed = agents.filter((_, i) => draw() < 0.24 && !isCalm(i));
  if (killed.length > 0) await lane.ok(["kill", ...killed.map(({ id }) => id), "--yes", "--force"]);
  const days = new Map(agents.map(({ id }, i) => [id, isCalm(i) ? 30 : Math.floor(draw() * 40)]));
  for (const agent of agents) {
    if (killed.includes(agent)) ageTrash(lane, agent.id, days.get(agent.id)!);
    else age(lane, agent, days.get(agent.id)!);
  }
  const limit = 1 + Math.floor(draw() * 20);
  const isOld = ({ id }: Agent) => days.get(id)! >= limit;
  const ran = await lane.fleet(["gc", "--older", `${limit}d`, "--yes", "--json"]);
  const told = ran.stdout === "" ? { killed: [], trash: [] } : (JSON.parse(ran.stdout) as { killed: string[]; trash: string[] });
  // For good: what was asked for, and nothing younger.
  const lost = killed.filter(isOld);
  expect([cases[0]!.name, ran.stderr, [...told.trash].sort()]).toEqual([cases[0]!.name, ran.stderr, lost.map(({ id }) => id).sort()]);
  for (const [i, agent] of agents.entries()) {
    const context = `gc --older ${limit}d, ${days.get(agent.id)} days old: ${contextOf(cases[i]!, done[i]!)}\n${ran.stderr}`;
    const [wasKilled, ends] = [killed.includes(agent), told.killed.includes(agent.id)];
    const isClean = !hidden[i] && !before[i]!["git status"]!.split("\0").some((line) => line && !/^(0 )?# /.test(line));
    if (lost.includes(agent)) expect([context, (await lane.fleet(["undo", agent.id])).code]).toEqual([context, 1]);
    // Only what nobody has touched since, and that has nothing uncommitted; and that for certain.
    else if (!wasKilled) expect([context, ends]).toEqual([context, isOld(agent) && isClean]);
    if (ends || wasKilled) expectGone(context, [agent]);
  }
  const back = agents.filter((agent) => !lost.includes(agent) && (killed.includes(agent) || told.killed.includes(agent.id)));
  if (back.length > 0) await lane.ok(["undo", ...back.map(({ id }) => id)]);
  for (const [i, agent] of agents.entries()) {
    if (!lost.includes(agent)) expectSame(contextOf(cases[i]!, done[i]!), before[i]!, (await pictures(lane, [agent]))[0]!);
    count(lane, "gc", done[i]!, told.killed.includes(agent.id));
  }
  // The branch of what went for good may have gone with the kill.
  const refs = (text: string) => text.split("\n").filter((line) => !lost.some(({ branch }) => line.includes(`refs/heads/${branch} `))).join("\n");
  const now = await around(lane);
  expectAround(cases[0]!.name, { ...outside, refs: refs(outside.refs) }, { ...now, refs: refs(now.refs) });
  return agents.flatMap((agent, i) => (lost.includes(agent) ? [] : [{ agent, done: done[i]!.filter((one) => !one.includes("target")) }]));
}

random("merge, and undo", () => runRounds(["merge"], async (lane, prefix, casesOf) => {
  const agents = await batchOf(lane, prefix, SIZE);
  await lane.ok(["stop", "--batch", prefix]);
  for (const [i, one] of casesOf("merge").entries()) {
    await mergeCase(lane, agents[i]!, one, (done) => contextOf(one, done));
    await cleanTarget(lane);
  }
  await putAway(lane, agents);
}));

test("nothing is lost of any repository, and each feature met each operation", async () => {
  for (const lane of lanes) await expectWhole(lane);
  for (const operation of OPERATIONS) console.log(`${operation}: ${Object.entries(counts[operation]).map(([what, times]) => `${times} ${what}`).join(", ")}`);
  console.log(Object.entries(outcomes).map(([what, times]) => `${times} × ${what}`).join("\n"));
  expect(OPERATIONS.filter((operation) => counts[operation]["cases"]! < EACH)).toEqual([]);
  // With fewer cases some are not drawn.
  const missing = CASES < 300 ? [] : OPERATIONS.flatMap((operation) => Object.keys(FEATURES).flatMap((feature) => (counts[operation][feature] === 0 ? [`${operation}: ${feature}`] : [])));
  expect(missing).toEqual([]);
}, 60_000);
