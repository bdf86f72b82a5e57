// `fleet compare` of several agents beside exactly the git and tmux calls that it makes, made again one after another.
import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Names, record, replay } from "./replay";
import type { Unit } from "./rounds";
import type { Stand, TestRepo } from "./stand";
import { time, type Words } from "./time";

// The calls are made for the same agents again: no name is another's.
const SAME: Names = { worktree: "\u0002w", admin: "\u0002a", trashedWorktree: "\u0002tw", trashedAdmin: "\u0002ta", branch: "\u0002b", id: "\u0002i", session: "\u0002s", pane: "\u0002p" };

/** Nothing is known from an earlier look: every call is made. */
export function compareUnits({ stand, repo, fleet, count }: { stand: Stand; repo: TestRepo; fleet: string; count: number }): Unit[] {
  const words: Words = [fleet, "compare", "agent-*", "--json"];
  const forget = () => rmSync(join(stand.fleetHome, "cache", "git.json"), { force: true });
  let calls: ReturnType<typeof record> | undefined;
  return [
    (note) => {
      forget();
      note(`compare (${count})`, time(words, repo));
    },
    (note) => {
      forget();
      calls ??= record(words, repo, join(dirname(repo.cwd), "recorded-compare"));
      note(`calls of compare (${count})`, replay(calls, SAME, SAME, repo));
    },
  ];
}
