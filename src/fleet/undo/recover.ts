// Undos whose process died: a rebuild is thrown away, everything else is completed, or taken back where its place is taken.
import { existsSync } from "node:fs";
import { UserError } from "../../base/errors";
import { oneLine } from "../../base/text";
import { limitGit } from "../../ports/git/limit";
import { forgetOperation, type JournalEntry } from "../../ports/journal";
import { completion, requireRepo, unreadableEntry } from "../recovery";
import { entryOf, trashAdmin, trashedTree, wasGone } from "../trash";
import { bringBack, takeUp, type UndoPorts } from "./apply";
import { dropRebuild } from "./rebuild";

const GIT_MS = 120_000;

/** Complete or undo it. Returns what was done; throws UserError where neither can be. May be called again at any point. */
export async function recoverUndo(ports: UndoPorts, { id, step, facts }: JournalEntry): Promise<string> {
  const { store } = ports;
  const git = limitGit(ports.git, () => GIT_MS);
  const [entry] = entryOf(facts["entry"]);
  if (!entry) throw unreadableEntry(store, id);
  const name = oneLine(entry.record.branch);
  if (entry.record.adopted) {
    await takeUp(ports, entry, completion(store, id));
    return `completed: ${name} is an agent again`;
  }
  requireRepo(entry.record);
  const undone = () => {
    forgetOperation(store.home, id);
    return `undone: ${name} is where the kill put it; fleet undo ${id} brings it back`;
  };
  if (step === "begin") return undone();
  if (step === "rebuild") {
    dropRebuild(entry);
    return undone();
  }
  const tree = trashedTree(entry);
  if (existsSync(tree) && existsSync(entry.record.worktree)) {
    // Somebody has taken its place meanwhile: git's record goes back to the trash too.
    const admin = facts["admin"];
    if (typeof admin === "string" && existsSync(admin)) trashAdmin(entry, admin);
    return undone();
  }
  if (!existsSync(tree) && !existsSync(entry.record.worktree) && !wasGone(entry)) throw new UserError(`its files are neither in the trash nor in their place: ${entry.record.worktree}`, { hint: `git -C ${entry.record.main} worktree list   ·   git -C ${entry.record.main} show ${entry.ref}` });
  await bringBack({ git, store }, entry, completion(store, id));
  return `completed: ${name} is back as a stopped agent`;
}
