// A second agent from the state of a first one: what it is called, whether that state can be copied, and whether the conversation can. Pure.
import { UserError } from "../../base/errors";
import type { Agent } from "../../base/model";
import { oneLine, shellWord } from "../../base/text";
import type { ResolvedKind } from "../../kinds/index";
import type { Forked, LaunchFacts, Word } from "../../kinds/kind";
import { callingAgent } from "../driven";
import { firstFree } from "../naming";

export interface ForkFacts {
  source: Agent;
  worktreeThere: boolean;
  /** The commit that is checked out; null where there is none. */
  head: string | null;
  /** git is in the middle of this there: "rebase", "merge" … */
  amid: string | null;
  /** Local branches of the repo, and those that agents go by. */
  taken: ReadonlySet<string>;
  /** The name that was asked for can't be had beside this branch. */
  clash: string | null;
}

/** The branch of the new agent. Throws UserError where the source can't be copied, or the name is taken. */
export function planFork(wanted: string | undefined, { source, worktreeThere, head, amid, taken, clash }: ForkFacts): string {
  const { record } = source;
  const name = oneLine(source.branch);
  if (!worktreeThere) throw new UserError(`the worktree of ${name} is gone: ${record.worktree}`, { hint: "fleet doctor" });
  if (head === null) throw new UserError(`${name} has no commit to start from`, { hint: `git -C ${shellWord(record.worktree)} commit --allow-empty -m 'first commit'` });
  // What git remembers of it names the first branch: ended in the copy, it would move that one.
  if (amid !== null) throw new UserError(`${name} is in the middle of a ${amid}, which can't be in two worktrees`, { hint: `git -C ${shellWord(record.worktree)} status   (end it first)` });
  const branch = wanted ?? firstFree(source.branch, (candidate) => taken.has(candidate));
  if (taken.has(branch)) throw new UserError(`the branch is there already: ${oneLine(branch)}`, { hint: `fleet fork ${shellWord(source.branch)} OTHER-NAME` });
  if (clash !== null) throw new UserError(`git can't have both branches: ${oneLine(branch)} and ${oneLine(clash)}`, { hint: `fleet fork ${shellWord(source.branch)} ${shellWord(branch.replaceAll("/", "-"))}` });
  return branch;
}

/** An agent forks itself and agents that it has started: all others are somebody else's work. Throws UserError. */
export function refuseForeignFork(env: Record<string, string | undefined>, source: Agent, ownPane: (id: string) => string | null | undefined): void {
  const caller = callingAgent(env, ownPane);
  if (caller === null || source.record.id === caller || source.record.parent === caller) return;
  throw new UserError(`an agent may fork only itself and agents that it started: ${oneLine(source.branch)}`, { hint: "a person can do it, in a pane that is no agent's: fleet fork …" });
}

export type Conversation = { begin: (facts: LaunchFacts) => Word[]; picks: boolean } | { why: string };

/** How the conversation goes along, or why a new one begins. `from` is the kind of the first agent. */
export function forkConversation(from: ResolvedKind, kind: ResolvedKind, of: Forked): Conversation {
  const program = (one: ResolvedKind) => one.builtIn ?? one.name;
  if (program(from) !== program(kind)) return { why: `${kind.title} can't take up a conversation of ${from.title}` };
  const { fork } = kind;
  if (fork === undefined) return { why: `the command of ${oneLine(kind.name)} has no conversations that fleet knows of` };
  if (typeof fork === "string") return { why: fork };
  const plain: LaunchFacts = { conversation: null, extra: [], fleet: "", directory: "", prompted: false, worktree: "" };
  if (fork.words(plain, of) === null) return { why: "it has none yet" };
  return { begin: (facts) => fork.words(facts, of)!, picks: fork.picks };
}
