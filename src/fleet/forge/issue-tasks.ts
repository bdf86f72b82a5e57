// A batch of issues: all are read before any agent is made.
import { UsageError, UserError } from "../../base/errors";
import type { Repo } from "../../base/model";
import { oneLine } from "../../base/text";
import { type Issue, readIssue } from "../../ports/forge/issues";
import type { Git } from "../../ports/git/call";
import { listed } from "../batch/names";
import type { Draft } from "../batch/tasks";
import { inPool } from "../pool";
import { cleanPrompt } from "../prompt-text";
import { branchOfIssue, numbersOf, promptOfIssue, refuseOther } from "./name";
import { findForge } from "./place";
import type { Told } from "./seed";
import { tellIssue } from "./start-issue";

// They wait for the network, not for a core.
const AT_ONCE = 6;

interface Means {
  git: Git;
  env: Record<string, string | undefined>;
  out: Told;
}

/** A task for each issue of `12,15,20`, told of by name; `prompt` is added to each. Throws UserError where one can't be read. */
export async function issueTasks({ git, env, out }: Means, repo: Repo, words: string, prompt: string | undefined): Promise<Draft[]> {
  const wanted = numbersOf(words, "issues");
  const numbers = wanted.map(({ number }) => number);
  if (numbers.length === 0) throw new UsageError("--issues takes numbers: 12,15,20");
  const own = prompt === undefined ? null : cleanPrompt(prompt);
  const { forge, at } = await findForge({ git, env }, repo.top, repo.branch);
  for (const one of wanted) refuseOther(one, at);
  const issues = new Map<number, Issue>();
  const failures = new Map<number, UserError>();
  const read = async (number: number) => {
    try {
      issues.set(number, await readIssue(forge, number));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      failures.set(number, error);
    }
  };
  await inPool(AT_ONCE, numbers.map((number) => () => read(number)));
  if (failures.size > 0) throw unread(numbers, failures);
  return numbers.map((number) => {
    const issue = issues.get(number)!;
    tellIssue(out, issue);
    return { branch: branchOfIssue(issue), prompt: promptOfIssue(issue, own), issue: { number, title: issue.title }, where: `#${number}` };
  });
}

/** What failed for one reason is said once, under all numbers. */
function unread(numbers: readonly number[], failures: ReadonlyMap<number, UserError>): UserError {
  const reasons = new Map<string, string[]>();
  for (const number of numbers) {
    const error = failures.get(number);
    if (!error) continue;
    const why = error.detail?.split("\n")[0] ?? "";
    const reason = error.message.startsWith("no such issue") ? "no such issue" : `${error.message}${why === "" ? "" : `: ${why}`}`;
    reasons.set(reason, [...(reasons.get(reason) ?? []), `#${number}`]);
  }
  const detail = [...reasons].map(([reason, names]) => oneLine(`${listed(names)}: ${reason}`)).join("\n");
  const hint = [...failures.values()].find((error) => error.hint !== undefined)?.hint;
  return new UserError(`nothing was started: ${failures.size} of ${numbers.length} issues can't be read`, { detail, hint });
}
