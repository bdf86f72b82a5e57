// `bun scripts/measure/statuses.ts`: prints `kind event expected got ms` for what makes statuses go wrong: Esc, a denial, kill -9, /clear,
// compaction, sub-agents, background tasks, what inherits a pane, a renamed session or branch, a restarted tmux server. `ms` is from
// the event to the first look of `fleet list` that is right. The demo agent is the real one; the other programs are played from
// recordings. Ends with 1 when a look was wrong, or right only after two seconds.
import { appendFileSync, chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { COSTUMES, type Moment } from "./costumes";
import type { Order } from "./player";
import { makeRepo, makeRoot, makeStand, type Stand, type TestRepo, until } from "./stand";
import { isRight, isWrong, killProgram, type Looked, type Row, run } from "./row";

const LIMIT_MS = 2_000;
/** How long a status is looked at that must not change. */
const STAYS_MS = 1_500;
const GIVE_UP_MS = 8_000;

/** What a kind's agent does at a moment; undefined where its program has no such moment. */
type Act = (() => Promise<void>) | undefined;

interface Step {
  event: string;
  act(actor: Actor): Act;
  /** The status, or the status and how its reason begins. */
  expected: string;
  /** It was so before, and must not become another even for one look. */
  stays?: true;
}

interface Actor {
  kind: string;
  name: string;
  at(moment: Moment): Act;
  /** What happens whatever the program. */
  world: World;
}

interface World {
  stand: Stand;
  repo: TestRepo;
  fleet(...words: string[]): Promise<string>;
  look(): Promise<Looked[]>;
  order(name: string, orders: readonly Order[]): Promise<void>;
  agent(name: string): Promise<Looked>;
}

const at = (moment: Moment) => (actor: Actor) => actor.at(moment);
const tmux = (words: (found: Looked) => string[]) => ({ name, world }: Actor): Act => async () => void world.stand.tmux(...words(await world.agent(name)));

const STEPS: readonly Step[] = [
  { event: "start", act: at("ready"), expected: "idle" },
  { event: "prompt", act: at("prompted"), expected: "working" },
  { event: "asks a permission", act: at("asks"), expected: "waiting permission" },
  { event: "denial", act: at("denied"), expected: "idle" },
  { event: "prompt", act: at("prompted"), expected: "working" },
  { event: "Esc in a turn", act: at("interrupted"), expected: "idle" },
  { event: "prompt", act: at("prompted"), expected: "working" },
  { event: "sub-agent ends", act: at("in a sub-agent"), expected: "working", stays: true },
  { event: "asks, a sub-agent's tool ends", act: at("asks, while a sub-agent's tool ends"), expected: "waiting permission" },
  { event: "Esc at the question", act: at("interrupted"), expected: "idle" },
  { event: "prompt", act: at("prompted"), expected: "working" },
  { event: "compaction", act: at("in compaction"), expected: "working", stays: true },
  { event: "child in its pane", act: child, expected: "working", stays: true },
  { event: "turn's end", act: at("done"), expected: "idle" },
  { event: "prompt", act: at("prompted"), expected: "working" },
  { event: "end, a background task runs", act: at("done, with a background task"), expected: "idle" },
  { event: "/clear", act: at("cleared"), expected: "idle", stays: true },
  { event: "prompt", act: at("prompted"), expected: "working" },
  { event: "rate limit", act: at("limited"), expected: "idle rate limit, resets " },
  { event: "prompt", act: at("prompted"), expected: "working" },
  { event: "turn's end", act: at("done"), expected: "idle" },
  { event: "program by hand in a split", act: split, expected: "idle", stays: true },
  { event: "session renamed", act: tmux(({ session, branch }) => ["rename-session", "-t", `=${session}`, `renamed by hand: ${branch}`.replaceAll(":", "")]), expected: "idle", stays: true },
  { event: "branch renamed", act: renamed, expected: "idle", stays: true },
];

function child({ kind, name, world }: Actor): Act {
  if (kind !== "claude") return undefined;
  return () => world.order(name, [{ note: "idle", child: true }]);
}

/** The person starts the same program once more, beside the agent: it asks something there. */
function split({ kind, name, world }: Actor): Act {
  return async () => {
    const { pane, worktree } = await world.agent(name);
    if (kind === "demo") return void world.stand.tmux("split-window", "-d", "-t", pane!, "-c", worktree, (await fleetBinary(world)), "demo-agent", "--", "ask May I?");
    world.stand.tmux("split-window", "-d", "-t", pane!, "-c", worktree, "-e", `PLAYER_NAME=split-${kind}`, kind);
    await world.order(`split-${kind}`, (COSTUMES[kind]!.asks ?? []));
  };
}

// One after the other: git renames every branch's log by way of the same file.
let renaming: Promise<unknown> = Promise.resolve();

function renamed({ name, world }: Actor): Act {
  return async () => {
    const { worktree } = await world.agent(name);
    await (renaming = renaming.then(() => run(["git", "-C", worktree, "branch", "-m", name, `${name}-renamed`], world.stand.env)));
  };
}

let binary = "";
const fleetBinary = async (_: World) => binary;

/** Everything once, all kinds side by side; `tell` gets each row as it is known. */
export async function measureStatuses(fleet: string, tell: (row: Row) => void): Promise<Row[]> {
  binary = fleet;
  const root = makeRoot();
  const stand = makeStand(root, "s");
  try {
    const world = makeWorld(fleet, stand, makeRepo(stand, join(root, "s", "repo"), 3), makePrograms(root, stand));
    const kinds = [...Object.keys(COSTUMES), "demo"];
    for (const kind of kinds) await world.fleet("create", kind, "-a", kind, "-d");
    const actors = kinds.map((kind): Actor => ({ kind, name: kind, world, at: (moment) => momentOf(kind, world, moment) }));
    const rows: Row[] = [];
    for (const step of STEPS) rows.push(...(await take(step, actors, world, tell)));
    rows.push(...(await takeEnds(kinds, world, tell)));
    return rows;
  } finally {
    stand.close();
    rmSync(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

/** Files with the programs' names, before everything else on the stand's PATH. Returns where their orders lie. */
export function makePrograms(root: string, stand: Pick<Stand, "env">): string {
  const [bin, orders] = [join(root, "bin"), join(root, "orders")];
  for (const directory of [bin, orders]) mkdirSync(directory);
  for (const kind of Object.keys(COSTUMES)) {
    writeFileSync(join(bin, kind), `#!/bin/sh\nPLAYER_ORDERS='${orders}' exec '${process.execPath}' '${join(import.meta.dir, "player.ts")}' ${kind} "$@"\n`);
    chmodSync(join(bin, kind), 0o755);
  }
  stand.env["PATH"] = `${bin}:${stand.env["PATH"]}`;
  return orders;
}

/** Give orders to the player of that name, and wait until they are carried out. */
export async function giveOrders(directory: string, name: string, orders: readonly Order[]): Promise<void> {
  const file = join(directory, name);
  const before = existsSync(file) ? readFileSync(file, "utf8").split("\n").length - 1 : 0;
  appendFileSync(file, orders.map((order) => `${JSON.stringify(order)}\n`).join(""));
  await until(`${name} obeys`, () => existsSync(`${file}.done`) && Number(readFileSync(`${file}.done`, "utf8")) >= before + orders.length);
}

function makeWorld(fleet: string, stand: Stand, repo: TestRepo, orders: string): World {
  const command = (...words: string[]) => run([fleet, ...words], stand.env, repo.cwd);
  const look = async () => JSON.parse(await command("list", "--all", "--json")) as Looked[];
  const agent = async (name: string) => {
    const found = (await look()).find(({ branch }) => branch === name || branch === `${name}-renamed`);
    if (!found) throw new Error(`no agent ${name}`);
    return found;
  };
  return { stand, repo, fleet: command, look, agent, order: async (name, list) => giveOrders(orders, name in COSTUMES ? (await agent(name)).id : name, list) };
}

function momentOf(kind: string, world: World, moment: Moment): Act {
  if (kind === "demo") return demoMoment(world, moment);
  const orders = COSTUMES[kind]![moment];
  return orders && (() => world.order(kind, orders));
}

function demoMoment(world: World, moment: Moment): Act {
  const prompt = (text: string) => async () => void (await world.fleet("prompt", "demo", "--interrupt", text));
  const key = (name: string) => async () => void world.stand.tmux("send-keys", "-t", (await world.agent("demo")).pane!, name);
  const acts: Partial<Record<Moment, () => Promise<void>>> = {
    ready: async () => {}, prompted: prompt("work 600"), asks: prompt("ask May I?"), denied: key("n"), interrupted: key("Escape"), done: prompt("say all done"),
  };
  return acts[moment];
}

/** Let every kind that has the moment do it, and look until all are as expected. */
async function take(step: Step, actors: readonly Actor[], world: World, tell: (row: Row) => void): Promise<Row[]> {
  const began = new Map<string, number>();
  const acting = actors.flatMap((actor) => {
    const act = step.act(actor);
    return act ? [{ kind: actor.kind, done: act().then(() => void began.set(actor.kind, performance.now())) }] : [];
  });
  const [rows] = await Promise.all([watch(step, acting.map(({ kind }) => kind), began, world, tell), ...acting.map(({ done }) => done)]);
  return rows;
}

/** `began`: when each kind's event was, filled in meanwhile; nobody is looked at before. */
async function watch({ event, expected, stays }: Pick<Step, "event" | "expected" | "stays">, kinds: readonly string[], began: ReadonlyMap<string, number>, world: World, tell: (row: Row) => void): Promise<Row[]> {
  const right = new Map<string, number>();
  const got = new Map<string, string>();
  let all = performance.now();
  for (;;) {
    const before = new Set(began.keys());
    const looked = await world.look();
    const now = performance.now();
    if (before.size < kinds.length) all = now;
    for (const kind of before) {
      const agent = looked.find(({ branch }) => branch === kind || branch === `${kind}-renamed`);
      const seen = agent ? [agent.status, agent.reason].filter(Boolean).join(" ") : "no agent";
      const fits = isRight(expected, seen);
      if (fits && !right.has(kind)) right.set(kind, now - began.get(kind)!);
      // Of what must stay, one wrong look is enough.
      const wasWrong = stays && got.has(kind) && !isRight(expected, got.get(kind)!);
      if (!wasWrong) got.set(kind, seen);
    }
    if (!stays && kinds.every((kind) => right.has(kind))) break;
    if (now - all > (stays ? STAYS_MS : GIVE_UP_MS)) break;
  }
  const rows = kinds.map((kind) => ({ kind, event, expected: expected.trim(), got: got.get(kind)!, ms: Math.round(right.get(kind) ?? performance.now() - began.get(kind)!) }));
  rows.forEach(tell);
  return rows;
}

/** The ends of programs and of tmux, which take the agents along. */
async function takeEnds(kinds: readonly string[], world: World, tell: (row: Row) => void): Promise<Row[]> {
  const now = () => new Map(kinds.map((kind) => [kind, performance.now()]));
  const rows: Row[] = [];
  world.stand.tmux("kill-server");
  rows.push(...(await watch({ event: "tmux server gone", expected: "stopped" }, kinds, now(), world, tell)));
  for (const kind of kinds) await world.fleet("start", `${kind}-renamed`);
  await Promise.all(kinds.map((kind) => momentOf(kind, world, "ready")!()));
  rows.push(...(await watch({ event: "started again", expected: "idle" }, kinds, now(), world, tell)));
  for (const kind of kinds) await killProgram((await world.agent(kind)).pane!, world.stand);
  rows.push(...(await watch({ event: "kill -9", expected: "exited 137 (SIGKILL)" }, kinds, now(), world, tell)));
  return rows;
}

function line({ kind, event, expected, got, ms }: Row): string {
  return `${kind.padEnd(9)} ${event.padEnd(30)} ${expected.padEnd(26)} ${got.padEnd(58)} ${String(ms).padStart(5)}`;
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { fleet: { type: "string", default: join(import.meta.dir, "../../bin/fleet") }, real: { type: "boolean", default: false }, keep: { type: "string" }, until: { type: "string" } },
  });
  const tell = (row: Row) => console.log(line(row));
  const rows = values.real ? await (await import("./real")).measureAllReal(positionals, { ...values, tell }) : await measureStatuses(values.fleet, tell);
  const [wrong, late] = [rows.filter(isWrong), rows.filter((row) => row.ms > LIMIT_MS)];
  console.log(`${rows.length} events: ${wrong.length} wrong, ${late.length} later than ${LIMIT_MS / 1000} s`);
  process.exit(wrong.length + late.length > 0 ? 1 : 0);
}
