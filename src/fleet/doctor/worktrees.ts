// The directories in which fleet makes worktrees, and the trash: what lies there that no agent has.
import { existsSync, lstatSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { shellWord } from "../../base/text";
import { namesIn, removeIfEmpty } from "../../ports/directory";
import { operations, runningOperations } from "../../ports/journal";
import { removeTree } from "../../ports/move";
import { madeRoots } from "../naming";
import { agentDirectory } from "../launch";
import { recordOf } from "../unfinished";
import { EMPTYING, trashEntries } from "../trash";
import { type Check, type DoctorPorts, type Finding, ok } from "./check";
import { readRecord } from "./state";

// The name of the directory for one repo's worktrees, as naming.ts makes it.
const FOLDER = /-[0-9a-f]{6}$/;

export const worktreesCheck: Check = {
  title: "worktrees",
  async run(ports) {
    const { settings } = await ports.config();
    const records = ports.store.agents();
    const unfinished = operations(ports.store.home).map(recordOf).filter((record) => record !== null);
    const root = settings?.values["worktree.root"] ?? ports.store.path("worktrees");
    const roots = [...new Set([root, ...madeRoots([...records, ...unfinished])])];
    const entries = trashEntries(ports.store.home);
    const trashed = new Set([...operations(ports.store.home), ...entries].map(({ id }) => id));
    const busy = () => new Set(runningOperations(ports.store.home).map(({ id }) => id));
    const named = new Set([...records, ...unfinished, ...rememberable(ports)].map(({ worktree }) => worktree));
    const findings = roots.flatMap((folder) => [
      ...strangers(folder, named),
      ...brokenTrash(join(folder, ".trash"), trashed, busy),
    ]);
    for (const repo of new Set([...records, ...entries.map(({ record }) => record)].map((record) => record.repo))) findings.push(...brokenTrash(join(repo, "fleet-trash"), trashed, busy));
    return findings.length ? findings : [ok(`nothing without an agent in ${roots.join(", ")}`)];
  },
};

/** Agents that the state check brings back: their worktrees are named there. */
function rememberable({ store }: DoctorPorts): { worktree: string }[] {
  return namesIn(store.path("agents")).flatMap((id) => readRecord(agentDirectory(store, id), id) ?? []);
}

function strangers(root: string, named: ReadonlySet<string>): Finding[] {
  return namesIn(root).filter((name) => FOLDER.test(name)).flatMap((name) => {
    const folder = join(root, name);
    return namesIn(folder).map((entry) => join(folder, entry)).filter((path) => !named.has(path)).map(finding);
  });
}

/** Whose it is, nobody knows: it is named, and only an empty directory is taken away. */
function finding(path: string): Finding {
  if (existsSync(join(path, ".git"))) {
    return { status: "warn", what: `a worktree that no agent has: ${path}`, hint: `git -C ${shellWord(path)} status   ·   fleet adopt ${shellWord(path)}   ·   git -C ${shellWord(path)} worktree remove .`, things: [path] };
  }
  const isDirectory = lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  if (isDirectory && namesIn(path).length === 0) {
    const fix = async () => {
      rmdirSync(path);
      return `removed: ${path}`;
    };
    return { status: "warn", what: `an empty directory: ${path}`, hint: "fleet doctor --fix", things: [path], fix };
  }
  return { status: "warn", what: `no agent's, and no worktree: ${path}`, hint: `ls -la ${shellWord(path)}`, things: [path] };
}

/** `folder`: where worktrees, or git's own records of them, lie in the trash by agent id. `busy`: ids that a command is at work on now. */
function brokenTrash(folder: string, known: ReadonlySet<string>, busy: () => ReadonlySet<string>): Finding[] {
  const isBusy = (id: string) => busy().has(id.replace(/\.(partial|emptying)$/, ""));
  return namesIn(folder).filter((id) => !known.has(id) && !isBusy(id)).map((id) => {
    const path = join(folder, id);
    // What was being removed for good when its command died, or built from a ref.
    if (id.endsWith(EMPTYING) || known.has(id.replace(/\.partial$/, ""))) {
      const fix = async () => {
        // An undo may have begun to build it since.
        if (isBusy(id)) return null;
        removeTree(path);
        removeIfEmpty(folder);
        return `removed: ${path}`;
      };
      return { status: "warn", what: `half emptied from the trash: ${path}`, hint: "fleet doctor --fix", things: [path], fix };
    }
    return { status: "warn", what: `in the trash without a record, so undo can't bring it back: ${path}`, hint: `ls -la ${shellWord(path)}`, things: [path] };
  });
}
