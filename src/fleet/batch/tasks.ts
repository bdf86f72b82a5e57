// A list of tasks, checked whole before the first of them is begun. Pure.
import { UserError } from "../../base/errors";
import { oneLine, visible } from "../../base/text";
import { firstFree } from "../naming";
import { cleanPrompt } from "../prompt-text";
import { slugOf } from "./names";

/** One agent to be made. */
export interface Task {
  branch: string;
  prompt: string;
  /** null: the default kind. */
  kind: string | null;
  /** null: the default base. */
  base: string | null;
  /** The issue that it is about. */
  issue?: { number: number; title: string } | undefined;
}

/** A task as somebody wrote it; `where` names its place in an error: "backlog.md:3", "task 2". */
export interface Draft {
  branch?: string | undefined;
  prompt?: string | undefined;
  kind?: string | undefined;
  base?: string | undefined;
  issue?: Task["issue"];
  where: string;
}

const MOST = 1000;

/** `branch:prompt`: git allows no ":" in a branch, so the first one divides. */
export function draftOfWord(word: string, index: number): Draft {
  const at = word.indexOf(":");
  if (at < 1) throw new UserError(`a task is branch:prompt: ${oneLine(word).slice(0, 80)}`, { hint: `fleet multi fix-login:'The form loses its text'` });
  return { branch: word.slice(0, at).trim(), prompt: word.slice(at + 1), where: `task ${index + 1}` };
}

/** Every mistake of the list at once. A task without a branch gets one from its prompt, which no other task has. */
export function checkTasks(drafts: readonly Draft[]): Task[] {
  if (drafts.length === 0) throw new UserError("no tasks in the list", { hint: "fleet multi --help" });
  if (drafts.length > MOST) throw new UserError(`a batch is of at most ${MOST} agents: ${drafts.length}`);
  const named = new Set(drafts.flatMap(({ branch }) => branch?.trim() || []));
  const problems: string[] = [];
  const tasks = drafts.map(({ branch: given = "", prompt: text = "", kind, base, issue, where }): Task => {
    const prompt = cleanPrompt(text);
    let branch = given.trim();
    if (/[\u0000-\u001f\u007f]/.test(branch)) problems.push(`${where}: not a branch name: ${visible(branch)}`);
    if (!prompt) problems.push(`${where}: ${branch ? `${branch} has no prompt` : "no prompt"}`);
    else if (!branch) {
      const slug = slugOf(prompt);
      if (slug) named.add((branch = firstFree(slug, (name) => named.has(name))));
      else problems.push(`${where}: no branch, and none can be made of its prompt`);
    }
    return { branch, prompt, kind: kind?.trim() || null, base: base?.trim() || null, ...(issue ? { issue } : {}) };
  });
  problems.push(...clashes(tasks.map(({ branch }, i) => ({ branch, where: drafts[i]!.where }))));
  if (problems.length > 0) throw new UserError(`the task list has ${problems.length === 1 ? "a mistake" : `${problems.length} mistakes`}`, { detail: problems.map(oneLine).join("\n") });
  return tasks;
}

/** Branches that two tasks have, and pairs that git can't have both: `a` and `a/b`. */
function clashes(tasks: readonly { branch: string; where: string }[]): string[] {
  const first = new Map<string, string>();
  const found: string[] = [];
  for (const { branch, where } of tasks) {
    if (!branch) continue;
    const other = first.get(branch);
    if (other !== undefined) found.push(`${where}: ${branch} is the branch of ${other} too`);
    else first.set(branch, where);
  }
  for (const [branch, where] of first) {
    const parts = branch.split("/");
    const parent = parts.slice(0, -1).map((_, i) => parts.slice(0, i + 1).join("/")).find((name) => first.has(name));
    if (parent !== undefined) found.push(`${where}: git can't have both branches, ${parent} and ${branch}`);
  }
  return found;
}
