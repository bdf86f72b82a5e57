// An agent for an issue: what its title and body make of a create.
import type { Repo } from "../../base/model";
import { oneLine } from "../../base/text";
import { type Issue, readIssue } from "../../ports/forge/issues";
import type { Git } from "../../ports/git/call";
import { titleOfIssue } from "../naming";
import { branchOfIssue, type Numbered, promptOfIssue, refuseOther } from "./name";
import { findForge } from "./place";
import type { Seed, Told } from "./seed";

interface Ports {
  git: Git;
  env: Record<string, string | undefined>;
  out: Told;
}

export interface IssueWanted extends Numbered {
  branch: string | undefined;
  /** What the person adds. */
  prompt: string | null;
}

/** Reads the issue. Throws UserError. */
export async function startIssue(ports: Ports, repo: Repo, { branch, prompt, ...wanted }: IssueWanted): Promise<Seed> {
  const { number } = wanted;
  const { forge, at } = await findForge(ports, repo.top, repo.branch);
  refuseOther(wanted, at);
  const issue = await readIssue(forge, number);
  tellIssue(ports.out, issue);
  return {
    branch: branch ?? branchOfIssue(issue),
    base: null,
    wish: () => ({ prompt: promptOfIssue(issue, prompt), issue: number, title: titleOfIssue(issue) }),
    line: `issue     ${titleOfIssue(issue)}`,
    async begin() {},
    async takeBack() {},
  };
}

/** Told before anything starts: whose words the agent is going to read. */
export function tellIssue(out: Told, issue: Issue): void {
  out.note(`issue ${titleOfIssue(issue)}${issue.author === "" ? "" : `, by ${oneLine(issue.author)}`}`);
  if (issue.closed) out.warn(`issue #${issue.number} is closed`);
}
