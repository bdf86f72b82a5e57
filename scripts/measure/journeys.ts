// create, kill and undo of one agent, each beside the git and tmux calls that the same work takes by hand.
import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { type Names, record, replay } from "./replay";
import type { Unit } from "./rounds";
import { backgroundDone, scrub, type Stand, type TestRepo, until } from "./stand";
import { sum, time, timeTogether, type Words } from "./time";

interface Made {
  id: string;
  worktree: string;
  session: string;
}

interface JourneyOptions {
  stand: Stand;
  repo: TestRepo;
  fleet: string;
  /** "small" or "large": the end of each name. */
  size: string;
  /** Flags of git in the floor's `worktree add`. */
  gitFlags: readonly string[];
}

const AT_ONCE = 10;
let serial = 0;

/** Names of equal length, as a replay needs them. */
function nextBranch(): string {
  return `task-${String(++serial).padStart(5, "0")}`;
}

/** The journey by fleet, the floor of create, and the calls of kill and undo made again. */
export function journeyUnits(options: JourneyOptions): Unit[] {
  const { repo, fleet, size } = options;
  const byFleet: Unit = async (note) => {
    const branch = nextBranch();
    note(`create -d (${size})`, time(createWords(fleet, branch), repo));
    await ready(options, branch);
    note(`kill (${size})`, time([fleet, "kill", branch, "--yes"], repo));
    await backgroundDone(fleet);
    note(`undo (${size})`, time([fleet, "undo", branch], repo));
    scrub(options.stand, repo);
  };
  const byHand: Unit = (note) => {
    note(`worktree add + new-session (${size})`, sum(addByHand(options, nextBranch())));
    scrub(options.stand, repo);
  };
  return [byFleet, byHand, replayUnit(options)];
}

/** Ten agents one after another, and ten at the same time. */
export function togetherUnits({ stand, repo, fleet, size }: JourneyOptions): Unit[] {
  const commands = () => Array.from({ length: AT_ONCE }, () => createWords(fleet, nextBranch()));
  return [
    (note) => {
      note(`10 create in a row (${size})`, sum(commands().map((words) => time(words, repo))));
      scrub(stand, repo);
    },
    async (note) => {
      note(`10 create at once (${size})`, await timeTogether(commands(), repo));
      scrub(stand, repo);
    },
  ];
}

function createWords(fleet: string, branch: string): Words {
  return [fleet, "create", branch, "-a", "sleep", "-d", "--json"];
}

function addByHand({ stand, repo, gitFlags }: JourneyOptions, branch: string) {
  const path = join(stand.fleetHome, "worktrees", "by-hand", branch);
  return [
    time(["git", ...gitFlags, "worktree", "add", "--quiet", "-b", branch, path, "main"], repo),
    time(["tmux", "new-session", "-d", "-s", branch, "-c", path, "sleep 100000"], repo),
  ];
}

/** Wait until the pane has settled: its shell must not run beside what is measured next. */
async function ready({ stand }: JourneyOptions, branch: string): Promise<void> {
  const status = () => stand.tmux("list-sessions", "-f", `#{==:#{@fleet_branch},${branch}}`, "-F", "#{@fleet_status}");
  await until(`the program of ${branch} runs`, () => !["", "starting"].includes(status()));
}

/** Once, the calls of a kill and an undo are recorded; each run makes them again for a new agent. */
function replayUnit(options: JourneyOptions): Unit {
  const { stand, repo, fleet, size } = options;
  let recorded: { names: Names; kill: ReturnType<typeof record>; undo: ReturnType<typeof record> } | undefined;
  const agent = async (): Promise<Names> => {
    const branch = nextBranch();
    const made = JSON.parse(time(createWords(fleet, branch), repo).stdout) as Made;
    await ready(options, branch);
    return namesOf(options, branch, made);
  };
  return async (note) => {
    if (!recorded) {
      const names = await agent();
      const folder = join(dirname(repo.cwd), `recorded-${size}`);
      const kill = record([fleet, "kill", names.branch, "--yes"], repo, folder);
      recorded = { names, kill, undo: record([fleet, "undo", names.branch], repo, folder) };
      scrub(stand, repo);
    }
    const names = await agent();
    note(`calls of kill (${size})`, replay(recorded.kill, recorded.names, names, repo));
    note(`calls of undo (${size})`, replay(recorded.undo, recorded.names, names, repo));
    scrub(stand, repo);
  };
}

function namesOf({ stand, repo }: JourneyOptions, branch: string, { id, worktree }: Made): Names {
  const [session, pane] = stand.tmux("list-panes", "-a", "-f", `#{==:#{@fleet_id},${id}}`, "-F", "#{session_id}\t#{pane_id}").split("\t") as [string, string];
  const common = repo.git("rev-parse", "--path-format=absolute", "--git-common-dir");
  const admin = join(common, "worktrees", basename(worktree));
  if (!existsSync(admin)) throw new Error(`no git directory of the worktree: ${admin}`);
  return { worktree, admin, trashedWorktree: join(dirname(dirname(worktree)), ".trash", id, "tree"), trashedAdmin: join(common, "fleet-trash", id), branch, id, session, pane };
}
