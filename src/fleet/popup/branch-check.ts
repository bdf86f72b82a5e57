// A branch name checked as it is typed, against what was known when the form opened. The create itself has the last word.
import type { AgentRecord } from "../../base/model";
import { oneLine } from "../../base/text";
import { branchPlaces } from "../../ports/git/branches";
import type { Git } from "../../ports/git/call";
import type { Remark } from "../../ui/form/form";

export interface KnownBranches {
  /** Of agents. */
  agents: ReadonlySet<string>;
  /** Checked out somewhere. */
  taken: ReadonlyMap<string, string>;
  /** There, and nobody works on them. */
  free: ReadonlySet<string>;
}

export async function knownBranches(git: Git, cwd: string, agents: readonly AgentRecord[]): Promise<KnownBranches> {
  const places = await branchPlaces(git, cwd);
  const own = new Set(agents.map((agent) => agent.branch));
  return {
    agents: own,
    taken: new Map([...places].filter(([, place]) => place !== "")),
    free: new Set([...places].flatMap(([name, place]) => (place === "" && !own.has(name) ? [name] : []))),
  };
}

/** What is to be said of a name, or null. `several`: it is the beginning of several names. */
export function branchRemark(name: string, known: KnownBranches, several: boolean): Remark | null {
  const wrong = (text: string): Remark => ({ text, wrong: true });
  const bad = badBranch(name);
  if (bad) return wrong(bad);
  if (several) return null;
  if (known.agents.has(name)) return wrong("an agent has this branch already");
  const place = known.taken.get(name);
  if (place !== undefined) return wrong(`checked out in ${oneLine(place)}`);
  if (known.free.has(name)) return { text: "the branch exists: the agent goes on with it", wrong: false };
  const all = [...known.agents, ...known.taken.keys(), ...known.free];
  const clash = all.find((other) => other.startsWith(`${name}/`) || name.startsWith(`${other}/`));
  return clash === undefined ? null : wrong(`git can't have it beside ${oneLine(clash)}`);
}

/** git's rules for branch names (git-check-ref-format). */
function badBranch(name: string): string | null {
  if (/[\u0000-\u0020\u007f]/.test(name)) return "no blanks in a branch name";
  const sign = /[~^:?*[\\]/.exec(name);
  if (sign) return `git does not allow this in a branch name: ${sign[0]}`;
  const parts = name.split("/");
  const broken = name.startsWith("-") || name.endsWith(".") || name.includes("..") || name.includes("@{") || name === "@" || name === "HEAD";
  if (broken || parts.some((part) => part === "" || part.startsWith(".") || part.endsWith(".lock"))) return "git does not allow this branch name";
  return null;
}
