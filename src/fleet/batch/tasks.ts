// A list of tasks, checked whole before the first of them is begun. Pure.
import { UserError } from "../../base/errors";
import { oneLine } from "../../base/text";
import { slugOf } from "./names";

/** One agent to be made. */
export interface Task {
  branch: string;
  prompt: string;
  /** null: the default kind. */
  kind: string | null;
  /** null: the default base. */
  base: string | null;
}

/** A task as somebody wrote it; `where` names its place in an error: "line 3", "task 2". */
export interface Draft {
  branch?: string | undefined;
  prompt?: string | undefined;
  kind?: string | undefined;
  base?: string | undefined;
  where: string;
}

/** `branch:prompt`: git allows no ":" in a branch, so the first one divides. */
export function draftOfWord(word: string, index: number): Draft {
  const at = word.indexOf(":");
  if (at < 1) throw new UserError(`a task is branch:prompt: ${oneLine(word).slice(0, 80)}`, { hint: `fleet multi fix-login:'The form loses its text'` });
  return { branch: word.slice(0, at).trim(), prompt: word.slice(at + 1).trim(), where: `task ${index + 1}` };
}

/** Every mistake of the list at once. A task without a branch gets one from its prompt. */
export function checkTasks(drafts: readonly Draft[]): Task[] {
  if (drafts.length === 0) throw new UserError("no tasks", { hint: "fleet multi --help" });
  const problems: string[] = [];
  const tasks = drafts.map((draft): Task => {
    const prompt = (draft.prompt ?? "").trim();
    if (!prompt) problems.push(`${draft.where}: no prompt`);
    return { branch: draft.branch?.trim() || slugOf(prompt), prompt, kind: draft.kind ?? null, base: draft.base ?? null };
  });
  const seen = new Map<string, string>();
  tasks.forEach(({ branch, prompt }, i) => {
    const { where } = drafts[i]!;
    if (!branch && prompt) problems.push(`${where}: no branch, and none can be made of its prompt`);
    if (!branch) return;
    const other = seen.get(branch);
    if (other !== undefined) problems.push(`${where}: ${branch} is the branch of ${other} too`);
    seen.set(branch, where);
    const parent = [...seen.keys()].find((name) => branch.startsWith(`${name}/`) || name.startsWith(`${branch}/`));
    if (parent !== undefined) problems.push(`${where}: git can't have both branches, ${branch} and ${parent}`);
  });
  if (problems.length > 0) throw new UserError(`the task list has ${problems.length === 1 ? "a mistake" : `${problems.length} mistakes`}`, { detail: problems.map(oneLine).join("\n") });
  return tasks;
}
