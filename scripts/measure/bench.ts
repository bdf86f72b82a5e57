// What fleet costs beside its floors: stages of rounds, then one table. Started by scripts/bench.
import { rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { batchUnits, growTo, largeBatchUnits } from "./batch";
import { coldUnits } from "./cold";
import { compareUnits } from "./compare";
import { journeyUnits, togetherUnits } from "./journeys";
import { keyUnits, NAMES as KEYS } from "./keys";
import { coldListUnit, listUnits, makeAgents } from "./list";
import { lineRows } from "./line";
import { measureLoad } from "./load";
import { memoryRows } from "./memory";
import { NAMES, popupUnits } from "./popup";
import { type Bar, type Row, rowsOf, table } from "./report";
import { runRounds, type Series } from "./rounds";
import { backgroundDone, cloneRepo, compile, makeRepo, makeRoot, makeStand, type Stand } from "./stand";

const AGENTS = [0, 10, 50];
const FILES = { small: 40, large: 10_000 };
const BATCH = { count: 20, large: 5 };
/** As many as a terminal of 50 rows shows. */
const POPUP = 35;
const MANY = [50, 100, 300];
const COMPARED = 8;
/** A waiter glances at its agent once a minute: one glance of each is among what is measured. */
const LOAD_SECONDS = { seconds: 20, waitSeconds: 62 };
const WORKERS = ["-c", "checkout.workers=4"];

const BARS: Bar[] = [
  { name: "--version", of: "--version", floor: "hello", most: 1.5 },
  { name: "--help", of: "--help", floor: "hello", most: 3 },
  { name: "create --help", of: "create --help", floor: "hello", most: 3 },
  { name: "one hook event", of: "hook", measure: "cpu", most: 20 },
  ...AGENTS.map((n): Bar => ({ name: `list, ${n} agents`, of: `list (${n})`, floor: `hello + list-panes (${n})`, most: 4 })),
  { name: "list, 50 against 10", of: "list (50)", floor: "list (10)", measure: "cpu", most: 2.5 },
  { name: "list, 50 agents, git cache cold", of: "list, git cache cold (50)" },
  { name: `compare, ${COMPARED} agents`, of: `compare (${COMPARED})`, floor: `calls of compare (${COMPARED})`, most: 1.5 },
  { name: "create -d, 40 files", of: "create -d (small)", floor: "worktree add + new-session (small)", most: 2 },
  { name: "kill, 40 files", of: "kill (small)", floor: "calls of kill (small)", most: 3 },
  { name: "undo, 40 files", of: "undo (small)", floor: "calls of undo (small)", most: 3 },
  { name: "ten create at once", of: "10 create at once (small)", floor: "10 create in a row (small)", most: 1 },
  { name: "create -d, 10000 files", of: "create -d (large)", floor: "worktree add + new-session (large)", most: 1.15 },
  { name: "create -d, 10000 files, an agent", of: "create -d (large)", most: 10_000 },
  { name: "kill, 10000 files", of: "kill (large)", floor: "calls of kill (large)", most: 3 },
  { name: "undo, 10000 files", of: "undo (large)", floor: "calls of undo (large)", most: 3 },
  ...["sleep", "demo"].map((kind): Bar => ({ name: `fanout 20 ${kind}, this project`, of: `fanout 20 ${kind} (project)`, floor: `20 × worktree add + new-session, ${kind} (project)`, most: 1.3 })),
  { name: "list, 100 against 50", of: "list of many (100)", floor: "list of many (50)", most: 2 },
  { name: "list, 300 against 100", of: "list of many (300)", floor: "list of many (100)", most: 3 },
  { name: "popup, key press to list", of: NAMES.list, floor: NAMES.bareList, most: 2.5 },
  { name: "popup, move to preview", of: NAMES.preview, floor: NAMES.barePreview, most: 2 },
  { name: "50 agents, 10 hook reports a second: each second", of: "hook reports", measure: "cpu", most: 250 },
  { name: "one of them, tmux and ticks too", of: "a hook report", measure: "cpu", most: 25 },
  { name: "50 agents, 10 titles a second each: each second", of: "title reports", measure: "cpu", most: 250 },
  { name: "the same titles where nobody follows them", of: "title floor", measure: "cpu" },
  { name: "50 × fleet wait: each second", of: "waits", measure: "cpu", most: 10 },
  { name: "a report wakes one of 50 waits", of: "wake" },
  { name: "fleet.tmux", of: KEYS.plugin, floor: KEYS.shell, most: 4 },
  { name: "prefix N, key press to agent", of: KEYS.next, floor: KEYS.call, most: 10 },
  { name: "fanout 5, 10000 files", of: "fanout 5 sleep (files)", floor: "5 checkouts (files)", most: 1.15 },
];

/** p90 / median of a floor; a quiet machine stays below 1.3. */
const RESTLESS = 1.6;

const USAGE = "scripts/bench [--rounds N] [--large-rounds N] [--only cold,list,keys,popup,compare,small,large,batch,load,memory,line] [--seconds N] [--json FILE] [--fleet BINARY]";

const { values: flags } = parseArgs({
  options: {
    rounds: { type: "string", default: "30" },
    "large-rounds": { type: "string", default: "6" },
    only: { type: "string", default: "cold,list,keys,popup,compare,small,large,batch,load,memory,line" },
    seconds: { type: "string", default: "30" },
    json: { type: "string" },
    fleet: { type: "string" },
    help: { type: "boolean", short: "h" },
  },
});

interface Tools {
  root: string;
  fleet: string;
  hello: string;
  weigh: string;
}

const say = (text: string) => console.error(`◎ ${text}`);

async function measure(stages: ReadonlySet<string>, tools: Tools, stands: Stand[]): Promise<Row[]> {
  const rounds = Number(flags.rounds);
  const series: Series = new Map();
  const memory: Row[] = [];
  const stand = (name: string) => stands[stands.push(makeStand(tools.root, name)) - 1]!;
  if (stages.has("cold")) {
    say("commands that only start");
    await runRounds(series, coldUnits(stand("cold"), tools.fleet, tools.hello), { rounds, warmUp: 3 });
  }
  if (stages.has("list") || stages.has("memory")) {
    const at = stand("list");
    const repo = makeRepo(at, join(tools.root, "list", "repo"), FILES.small);
    // One number of agents after another, because every list scans the processes of all.
    for (const count of stages.has("list") ? AGENTS : AGENTS.slice(-1)) {
      await makeAgents(at, repo, tools.fleet, count);
      if (!stages.has("list")) continue;
      say(`list with ${count} agents`);
      await runRounds(series, listUnits(repo, tools.fleet, tools.hello, count), { rounds, warmUp: 2 });
      if (count === AGENTS.at(-1)) await runRounds(series, [coldListUnit(at, repo, tools.fleet, count)], { rounds: Math.ceil(rounds / 4), warmUp: 0 });
    }
    if (stages.has("memory")) {
      say("memory");
      memory.push(...memoryRows(at, repo, tools.fleet, tools.weigh));
    }
    // Its two hundred processes would stand in every later scan.
    at.close();
  }
  if (stages.has("keys")) {
    const count = AGENTS.at(-1)!;
    say(`the plugin's keys with ${count} agents`);
    const at = stand("keys");
    await makeAgents(at, makeRepo(at, join(tools.root, "keys", "repo"), FILES.small), tools.fleet, count);
    const { units, close } = await keyUnits(at, tools.fleet);
    await runRounds(series, units, { rounds, warmUp: 2 });
    close();
    at.close();
  }
  if (stages.has("popup")) {
    say(`the popup with ${POPUP} agents`);
    const at = stand("popup");
    await makeAgents(at, makeRepo(at, join(tools.root, "popup", "repo"), FILES.small), tools.fleet, POPUP);
    const { units, close } = await popupUnits(at, tools.fleet);
    await runRounds(series, units, { rounds, warmUp: 2 });
    close();
    at.close();
  }
  if (stages.has("compare")) {
    say(`compare of ${COMPARED} agents`);
    const at = stand("compare");
    const repo = makeRepo(at, join(tools.root, "compare", "repo"), FILES.small);
    await makeAgents(at, repo, tools.fleet, COMPARED);
    await runRounds(series, compareUnits({ stand: at, repo, fleet: tools.fleet, count: COMPARED }), { rounds, warmUp: 2 });
    at.close();
  }
  for (const size of ["small", "large"] as const) {
    if (!stages.has(size)) continue;
    say(`create, kill and undo in a repository of ${FILES[size]} files`);
    const at = stand(size);
    const options = { stand: at, repo: makeRepo(at, join(tools.root, size, "repo"), FILES[size]), fleet: tools.fleet, size, gitFlags: size === "large" ? WORKERS : [] };
    const large = size === "large";
    // What earlier runs wrote is on its way to the disk: nobody is to wait for another's files.
    const before = large ? () => void Bun.spawnSync(["sync"]) : () => {};
    await runRounds(series, journeyUnits(options), { rounds: large ? Number(flags["large-rounds"]) : rounds, warmUp: large ? 1 : 2, before });
    if (!large) await runRounds(series, togetherUnits(options), { rounds: Math.ceil(rounds / 4), warmUp: 1 });
  }
  if (stages.has("load")) {
    const at = stand("load");
    const { lost } = await measureLoad(series, { stand: at, repo: makeRepo(at, join(tools.root, "load", "repo"), FILES.small), fleet: tools.fleet, agents: 50, ...LOAD_SECONDS }, say);
    for (const what of lost) say(`LOST: ${what}`);
    say(`${lost.length} final statuses or wake-ups lost`);
    at.close();
  }
  if (stages.has("batch")) await measureBatches(series, stand, tools);
  const line = stages.has("line") ? await lineRows({ root: tools.root, fleet: tools.fleet, counts: AGENTS.slice(1), seconds: Number(flags.seconds), say }, stands) : [];
  return [...rowsOf(BARS, series), ...memory, ...line];
}

async function measureBatches(series: Series, stand: (name: string) => Stand, { root, fleet }: Tools): Promise<void> {
  const rounds = Number(flags["large-rounds"]);
  // Directories of earlier runs on their way to the disk: nobody is to wait for another's files.
  const before = () => void Bun.spawnSync(["sync"]);
  say(`fanout ${BATCH.count} in a clone of this project`);
  const at = stand("project");
  await runRounds(series, batchUnits({ stand: at, repo: cloneRepo(at, join(import.meta.dir, "..", ".."), join(root, "project", "repo")), fleet, count: BATCH.count, size: "project" }), { rounds, warmUp: 1, before });
  at.close();
  const many = stand("many");
  const repo = makeRepo(many, join(root, "many", "repo"), FILES.small);
  for (const count of MANY) {
    say(`list with ${count} agents of batches`);
    await runRounds(series, [await growTo({ stand: many, repo, fleet }, count)], { rounds: Number(flags.rounds), warmUp: 2 });
  }
  many.close();
  say(`fanout ${BATCH.large} in a repository of ${FILES.large} files`);
  const large = stand("files");
  await runRounds(series, largeBatchUnits({ stand: large, repo: makeRepo(large, join(root, "files", "repo"), FILES.large), fleet, count: BATCH.large, size: "files" }), { rounds, warmUp: 1, before });
}

async function main(): Promise<void> {
  if (flags.help) return console.log(USAGE);
  const checkout = join(import.meta.dir, "..", "..");
  const root = makeRoot();
  const stands: Stand[] = [];
  const end = () => {
    for (const stand of stands) stand.close();
    rmSync(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  process.on("SIGINT", () => (end(), process.exit(130)));
  process.on("SIGTERM", () => (end(), process.exit(143)));
  try {
    say(`building what fleet is compared with, in ${root}`);
    writeFileSync(join(root, "hello.ts"), 'console.log("hello");\n');
    const tools: Tools = {
      root,
      fleet: flags.fleet ?? join(checkout, "bin", "fleet"),
      hello: compile(checkout, join(root, "hello.ts"), join(root, "hello")),
      weigh: compile(checkout, join(import.meta.dir, "weigh.ts"), join(root, "weigh")),
    };
    const rows = await measure(new Set(flags.only.split(",")), tools, stands);
    // It would write into what is being removed.
    await backgroundDone(tools.fleet);
    for (const line of table(rows)) console.log(line);
    const missed = rows.filter(({ ok }) => ok === false).length;
    if (rows.some(({ noise }) => noise > RESTLESS)) console.log(`\nThe machine was busy with other things: where noise is above ${RESTLESS}, run it again before believing a ratio.`);
    console.log(`\n${rows.filter(({ ok }) => ok).length} within their bar, ${missed} not; load ${loadavg()[0]!.toFixed(1)} on ${cpus().length} cores`);
    if (flags.json) writeFileSync(flags.json, `${JSON.stringify({ at: new Date().toISOString(), load: loadavg()[0], cores: cpus().length, rows }, null, 1)}\n`);
  } finally {
    end();
  }
}

await main();
