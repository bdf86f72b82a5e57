// A place with one real agent program at work, its model a stub: what the end-to-end tests of the programs begin with.
import { afterAll } from "bun:test";
import { readFileSync } from "node:fs";
import { startModelStub, type ModelStub } from "./model-stub";
import { type Listed, type Place, placeIn } from "./place";
import { prepareHome, realAgents, type RealKind, VERSIONS } from "./real-agents";
import { makeRepo } from "./repo";
import { privateServer } from "./server";
import { until } from "./until";

export interface AgentPlace extends Place {
  readonly stub: ModelStub;
  /** The person's files with their text, as they were before the program first ran. */
  readonly before: Record<string, string>;
  /** The agent once a look says this status, and `more` of it; tells how long after the call that was. */
  comes(branch: string, event: string, status: string, more?: Partial<Record<keyof Listed, unknown>>): Promise<Listed>;
  /** What the agent asks has these choices, in this order, and maybe more. */
  asks(branch: string, ...choices: string[]): Promise<void>;
  /** Press keys in the agent's pane. */
  press(branch: string, ...keys: string[]): Promise<void>;
  /** Press a key, and again where it was passed over, until the pane shows this. */
  pressUntil(branch: string, key: string, shown: RegExp): Promise<void>;
  /** The last prompt that the model got, once it is this one. */
  got(text: string): Promise<void>;
  /** The tokens that the list has of it are the sums that the model sent, and its words are the conversation. */
  countsAllOf(branch: string, ...words: string[]): Promise<void>;
  /** Kill the agent's program with all that it has started, as nobody can catch. */
  killProgram(branch: string): Promise<void>;
}

/** Every step prints `kind version · event · expected · got · ms`. */
export async function agentPlace(...kinds: RealKind[]): Promise<AgentPlace> {
  const bins = kinds.map(realAgents);
  const stub = startModelStub();
  afterAll(() => stub.stop());
  const server = await privateServer({ started: false });
  const repo = await makeRepo(server);
  const names = [".gitconfig"];
  for (const kind of kinds) {
    const { env, files } = prepareHome(kind, server.home, repo.path, stub);
    Object.assign(server.env, env);
    names.push(...files);
  }
  server.env["PATH"] = [...bins, server.env["PATH"]].join(":");
  const place = placeIn(server, repo);
  const pane = async (branch: string) => (await place.agent(branch)).pane!;
  const own: Omit<AgentPlace, keyof Place> = {
    stub,
    before: filesOf(server.home, names),
    async comes(branch, event, status, more = {}) {
      const began = Date.now();
      const found = await until(async () => {
        const now = await place.agent(branch);
        const wrong = Object.entries({ status, ...more }).find(([name, value]: [string, unknown]) => !(value instanceof RegExp ? value.test(String(now[name])) : now[name] === value));
        if (wrong) throw new Error(`${wrong[0]} is ${String(now[wrong[0]])} (${now.status}, ${now.reason})`);
        return now;
      }, { what: `${branch}, ${event}: ${status}`, timeout: 90_000, every: 150, show: () => place.screen(branch) });
      const kind = found.kind as RealKind;
      console.log(`${kind} ${VERSIONS[kind][1]} · ${event} · ${status} · ${found.status} · ${Date.now() - began} ms`);
      return found;
    },
    async asks(branch, ...choices) {
      const asked = async () => ((await place.agent(branch))["ask"] as { choices: string[] }).choices.slice(0, choices.length);
      await until(async () => Bun.deepEquals(await asked(), choices), { what: `the choices ${choices.join(" | ")}`, show: async () => `${JSON.stringify(await asked())}\n${await place.screen(branch)}` });
    },
    async countsAllOf(branch, ...words) {
      const { kind } = await place.agent(branch);
      const counted = async () => (await place.agent(branch))["tokens"];
      await until(async () => Bun.deepEquals(await counted(), { ...stub.sent }), { what: `${kind}: tokens as the model sent them`, show: async () => `${JSON.stringify(await counted())} instead of ${JSON.stringify(stub.sent)}` });
      const said = await place.ok(["logs", branch]);
      for (const text of words) if (!said.includes(text)) throw new Error(`not in the conversation: ${text}\n${said}`);
      console.log(`${kind} ${VERSIONS[kind as RealKind][1]} · tokens · ${JSON.stringify(stub.sent)} · cost ${String((await place.agent(branch))["cost"])}`);
    },
    async press(branch, ...keys) {
      await server.tmux("send-keys", "-t", await pane(branch), ...keys);
    },
    async pressUntil(branch, key, shown) {
      await until(async () => shown.test(await place.screen(branch)) || void (await own.press(branch, key)), { what: `${key}: ${shown.source}`, every: 700, show: () => place.screen(branch) });
    },
    async got(text) {
      await until(() => stub.received.at(-1)?.trimEnd() === text, { what: "the prompt in the model", timeout: 60_000, show: () => JSON.stringify(stub.received.at(-1)) });
    },
    async killProgram(branch) {
      for (const pid of below((await place.agent(branch)).pid!)) kill(pid);
    },
  };
  return { ...place, ...own };
}

/** All processes below `pid`, which is left out; parents first. */
function below(pid: number): number[] {
  const table = Bun.spawnSync(["ps", "-A", "-o", "pid=,ppid="]).stdout.toString().trim().split("\n").map((line) => line.trim().split(/\s+/).map(Number));
  const children = (parent: number): number[] => table.flatMap(([child, of]) => (of === parent ? [child!, ...children(child!)] : []));
  return children(pid);
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    // It ended with its parent.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Files of a home with their text. */
export function filesOf(directory: string, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, readFileSync(`${directory}/${name}`, "utf8")]));
}

/** Prompts of 1, 12 and 200 lines with all that shells, tmux and programs read something into. */
export const PROMPTS = [
  `one line with "double" and 'single' quotes, $(touch pwned), #{pane_id}; \\n and a semicolon;`,
  Array.from({ length: 12 }, (_, i) => `${i + 1}. line – ünï 日本 🚢 "${"x".repeat(i)}'`).join("\n"),
  Array.from({ length: 200 }, (_, i) => (i % 10 === 5 ? "" : `line ${i + 1}: some words of a longer task, with $HOME and \`ticks\``)).join("\n"),
];
