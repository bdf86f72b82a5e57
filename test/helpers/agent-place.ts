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
  /** The agent once a look says this status, and `more` of it; tells how long after the call that was. */
  comes(branch: string, event: string, status: string, more?: Partial<Listed>): Promise<Listed>;
  /** Press keys in the agent's pane. */
  press(branch: string, ...keys: string[]): Promise<void>;
  /** The last prompt that the model got, once it is this one. */
  got(text: string): Promise<void>;
}

/** Every step prints `kind version · event · expected · got · ms`. */
export async function agentPlace(kind: RealKind): Promise<AgentPlace> {
  const bin = realAgents(kind);
  const stub = startModelStub();
  afterAll(() => stub.stop());
  const server = await privateServer({ started: false });
  const repo = await makeRepo(server);
  Object.assign(server.env, prepareHome(server.home, repo.path, stub), { PATH: `${bin}:${server.env["PATH"]}` });
  const place = placeIn(server, repo);
  const pane = async (branch: string) => (await place.agent(branch)).pane!;
  const own: Omit<AgentPlace, keyof Place> = {
    stub,
    async comes(branch, event, status, more = {}) {
      const began = Date.now();
      const found = await until(async () => {
        const now = await place.agent(branch);
        const wrong = Object.entries({ status, ...more }).find(([name, value]) => now[name] !== value);
        if (wrong) throw new Error(`${wrong[0]} is ${String(now[wrong[0]])} (${now.status}, ${now.reason})`);
        return now;
      }, { what: `${kind}, ${event}: ${status}`, timeout: 30_000, show: () => place.screen(branch) });
      console.log(`${kind} ${VERSIONS[kind][1]} · ${event} · ${status} · ${found.status} · ${Date.now() - began} ms`);
      return found;
    },
    async press(branch, ...keys) {
      await server.tmux("send-keys", "-t", await pane(branch), ...keys);
    },
    async got(text) {
      await until(() => stub.received.at(-1)?.trimEnd() === text, { what: "the prompt in the model", timeout: 20_000, show: () => JSON.stringify(stub.received.at(-1)) });
    },
  };
  return { ...place, ...own };
}

/** A home's files with their text, but what the program itself keeps there. */
export function filesOf(directory: string, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, readFileSync(`${directory}/${name}`, "utf8")]));
}

/** Prompts of 1, 12 and 200 lines with all that shells, tmux and programs read something into. */
export const PROMPTS = [
  `one line with "double" and 'single' quotes, $(touch pwned), #{pane_id}; \\n and a semicolon;`,
  Array.from({ length: 12 }, (_, i) => `${i + 1}. line – ünï 日本 🚢 "${"x".repeat(i)}'`).join("\n"),
  Array.from({ length: 200 }, (_, i) => (i % 10 === 5 ? "" : `line ${i + 1}: some words of a longer task, with $HOME and \`ticks\``)).join("\n"),
];
