// Tools that fail or hang at a chosen call, an agent with work to lose, and what must hold afterwards.
import { expect } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Row } from "../../src/fleet/doctor/doctor";
import type { Place } from "./place";
import { allLeftovers } from "./trash";

export interface Worker {
  id: string;
  worktree: string;
  branch: string;
  text: string;
}

export interface Faults {
  /** A PATH on which call `n` of `program` does `fault`, and the others what they should. `calls` counts them. */
  faulty(program: "git" | "tmux", n: number, fault: string): { PATH: string; calls(): number };
  /** A new agent with a file that nobody has committed. */
  agentAtWork(): Promise<Worker>;
  /** After whatever failed: put right, brought back, whole, and nothing left. */
  wholeAgain(context: string, agent: Worker): Promise<void>;
}

export const FAILS = "echo 'fatal: a stand-in fails' >&2; exit 128";

export async function openFaults(place: Place): Promise<Faults> {
  const { fleet, ok, repo, server } = place;
  mkdirSync(server.fleetHome, { recursive: true });
  writeFileSync(join(server.fleetHome, "config.toml"), '[kinds.quiet]\ncommand = ["sleep", "100000"]\n');
  const nothing = await allLeftovers(place);
  let made = 0;
  return {
    faulty(program, n, fault) {
      const folder = join(server.root, "faulty");
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder);
      const file = join(folder, program);
      writeFileSync(file, `#!/bin/sh\nprintf x >>'${folder}/calls'\nif [ "$(($(wc -c <'${folder}/calls')))" -eq ${n} ]; then ${fault}; fi\nexec '${Bun.which(program)}' "$@"\n`);
      chmodSync(file, 0o755);
      return { PATH: `${folder}:${server.env["PATH"]}`, calls: () => (existsSync(join(folder, "calls")) ? readFileSync(join(folder, "calls"), "utf8").length : 0) };
    },
    async agentAtWork() {
      const branch = `case-${made++}`;
      await ok(["create", branch, "-a", "quiet", "-d"]);
      const { id, worktree } = await place.agent(branch);
      const text = `work of ${branch}\n`;
      writeFileSync(join(worktree, "work.txt"), text);
      return { id, worktree, branch, text };
    },
    async wholeAgain(context, agent) {
      const rows = JSON.parse((await fleet(["doctor", "--fix", "--json"])).stdout) as Row[];
      expect([context, rows.filter((row) => row.status === "fail").map((row) => row.what)]).toEqual([context, []]);
      // Killed all the same, perhaps without its branch being deleted: that is told, and no leftover.
      if (!(await place.list("--all")).some(({ id }) => id === agent.id)) await ok(["undo", agent.id]);
      expect([context, (await allLeftovers(place)).filter((thing) => !nothing.includes(thing))]).toEqual([context, []]);
      expect([context, readFileSync(join(agent.worktree, "work.txt"), "utf8")]).toEqual([context, agent.text]);
      expect([context, await repo.git("-C", agent.worktree, "status", "--porcelain", "--branch")]).toEqual([context, `## ${agent.branch}\n?? work.txt`]);
    },
  };
}
