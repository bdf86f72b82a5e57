// What a person made without fleet: worktrees and sessions, and whether they are still as they were.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openPlace, type Place } from "./place";

/** One that has ended is there until tmux, on a busy machine some moments later, has asked how. */
export function runs(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return false;
  }
}

/** A place with two kinds of one program each, and hands that make things beside fleet. */
export async function openOwnThings() {
  const place = await openPlace();
  mkdirSync(place.server.fleetHome, { recursive: true });
  writeFileSync(join(place.server.fleetHome, "config.toml"), '[kinds.quiet]\ncommand = ["sleep", "100000"]\n[kinds.other]\ncommand = ["tail", "-f", "/dev/null"]\n');
  return { ...place, place, ...handsOf(place) };
}

function handsOf({ server, repo }: Place) {
  return {
    /** A worktree that fleet did not make, with work in it. */
    async worktree(branch: string, at = join(server.root, `own-${branch.replaceAll("/", "-")}`)): Promise<string> {
      await repo.git("worktree", "add", "-q", "-b", branch, at);
      writeFileSync(join(at, "work.txt"), "mine\n");
      return at;
    },
    /** A session that fleet did not make, its pane and the pid of that. */
    async session(name: string, cwd: string, ...command: string[]): Promise<{ id: string; pane: string; pid: number }> {
      const [id = "", pane = "", pid = ""] = (await server.tmux("new-session", "-d", "-P", "-F", "#{session_id} #{pane_id} #{pane_pid}", "-s", name, "-c", cwd, ...command)).split(" ");
      return { id, pane, pid: Number(pid) };
    },
    optionsOf: (id: string) => server.tmux("show-options", "-t", id),
    hooksOf: (pane: string) => server.tmux("show-hooks", "-p", "-t", pane),
    /** All that a person has of it: refs, registrations, files. */
    own: async (at: string): Promise<unknown> => ({
      refs: await repo.git("for-each-ref"), worktrees: await repo.git("worktree", "list", "--porcelain"), status: await repo.git("-C", at, "status", "--porcelain=v2", "--branch"), work: readFileSync(join(at, "work.txt"), "utf8"),
    }),
  };
}
