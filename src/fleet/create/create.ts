// One agent, from a request to a program at work: the flow that the command line and the popups share.
import { Cancelled, UserError } from "../../base/errors";
import type { Repo } from "../../base/model";
import { oneLine, shellWord } from "../../base/text";
import type { Kind } from "../../kinds/kind";
import { type Standing, standing } from "../../ports/git/branches";
import type { Git } from "../../ports/git/call";
import { fetchRemote, remoteOf } from "../../ports/git/remote";
import { operations } from "../../ports/journal";
import { findProgram } from "../../ports/process";
import type { Launch } from "../launch";
import type { Settings } from "../settings";
import { setupLogPath } from "../setup";
import { applyCreate, type Created, type CreateOptions, type CreatePorts, tail } from "./apply";
import { type Early, gatherFacts } from "./facts";
import { type FollowOptions, followStart, StartFailure } from "./follow";
import { type CreatePlan, type CreateRequest, notesOn, planCreate } from "./plan";
import { undoCreate } from "./undo";

// A large checkout takes longer to look through than a person waits for a note about it.
const STANDING_MS = 1500;

export interface CreateWish extends CreateRequest {
  repo: Repo;
  kind: Kind;
  /** Flags of the config and arguments of this call. */
  extra: readonly string[];
  settings: Settings;
  /** `--base`; undefined leaves it to the config. */
  base: string | undefined;
  setup: readonly string[];
  early: Early;
  /** Fills the new worktree further, before copies are placed. */
  fill?: CreateOptions["fill"];
  /** Words of the first start, where it is no plain one. */
  begin?: Launch["begin"];
}

/** Facts, then the plan. `confirmExisting` is asked where the branch is there and `existing` was not said. */
export async function prepareCreate(ports: CreatePorts, wish: CreateWish, confirmExisting?: () => Promise<boolean>): Promise<CreatePlan> {
  const facts = await gatherFacts(ports, wish.repo, {
    branch: wish.branch,
    baseRef: wish.base ?? wish.settings.values["create.base"],
    kind: wish.kind,
    worktreeRoot: wish.settings.values["worktree.root"],
    early: wish.early,
  });
  const there = (facts.branch.local !== null && !facts.branch.local.worktree) || (!wish.head && facts.branch.remotes.length > 0);
  const free = !facts.agents.some((agent) => agent.repo === wish.repo.common && agent.branch === wish.branch);
  const existing = wish.existing || (there && free && confirmExisting !== undefined && (await confirmExisting()));
  return planCreate({ ...wish, existing }, facts);
}

/** Ask how the checkout one stands in stands; null when git has no answer in time. Never throws. */
export function askStanding(git: Git, repo: Repo): Promise<Standing | null> {
  return standing(git, repo.top, STANDING_MS).catch(() => null);
}

/** Notes on that checkout, where the branch starts there. */
export async function standingNotes(asked: Promise<Standing | null> | null, plan: CreatePlan, wish: CreateWish): Promise<string[]> {
  return (wish.base ?? wish.settings.values["create.base"]) ? [] : notesOn(plan, await asked);
}

/** `--fetch`: bring the base's remote up to date. A base without a remote has nothing to fetch. */
export async function fetchBase(git: Git, repo: Repo, base: string | undefined): Promise<void> {
  const name = base && base !== "." ? base : (repo.branch ?? "");
  const remote = await remoteOf(git, repo.top, name);
  if (remote !== null) await fetchRemote(git, repo.top, remote);
}

/** The plan as lines, for --dry-run. */
export function planLines(plan: CreatePlan, wish: CreateWish): string[] {
  const { record, worktree } = plan;
  const start = worktree.how === "track" ? oneLine(worktree.start) : worktree.start.slice(0, 12);
  const base = record.base.branch === null ? "" : wish.head ? `, into ${oneLine(record.base.branch)}` : ` (${record.base.branch})`;
  const from = worktree.how === "existing" ? (wish.head ? "brought up to the request" : "as it is") : `from ${start}${base}`;
  return [
    `branch    ${oneLine(record.branch)} ${worktree.how === "existing" ? "" : "new, "}${from}`,
    `worktree  ${record.worktree}`,
    `session   ${record.session}`,
    ...wish.setup.map((command) => `setup     ${oneLine(command)}`),
    `program   ${[wish.kind.program, ...wish.extra].map(shellWord).join(" ")}${plan.prompt === null ? "" : "  (with the prompt)"}`,
  ];
}

export type Watch = Pick<CreateOptions, "onStep" | "warn" | "note" | "signal" | "beforeSession" | "hold">;

/** Carry the plan out, up to the session. */
export function carryOut(ports: CreatePorts, plan: CreatePlan, wish: CreateWish, size: Launch["size"], watch: Watch): Promise<Created | null> {
  const { values } = wish.settings;
  return applyCreate(ports, plan, {
    ...watch,
    copy: values["worktree.copy"],
    link: values["worktree.link"],
    fill: wish.fill,
    launch: {
      kind: wish.kind,
      extra: wish.extra,
      setup: wish.setup,
      begin: wish.begin,
      fleet: process.execPath,
      tmuxBinary: findProgram("tmux", ports.env["PATH"]) ?? "tmux",
      size,
    },
  });
}

export interface StartWatch extends Watch {
  /** A program that can't start is left for a look. */
  keep: boolean;
  /** Ctrl-C leaves the agent, whose session is whole; without it, it is taken back. */
  keepOnAbort?: boolean;
  look?: FollowOptions["look"];
}

/** Wait until the program runs; when it can't, or on Ctrl-C, take everything back. "aborted": on Ctrl-C it was left to come up by itself. */
export async function watchStart(ports: CreatePorts, plan: CreatePlan, watch: StartWatch): Promise<"up" | "aborted"> {
  const log = setupLogPath(ports.store, plan.record.id);
  try {
    const came = await followStart(ports.tmux, plan.record.id, { ...watch, setupLog: log, lastLines: () => tail(log, 20) });
    if (came === "aborted" && !watch.keepOnAbort) throw new Cancelled();
    return came;
  } catch (error) {
    if (isTakenOver(ports.store, plan.record.id)) throw new UserError(`another command ended it while it was coming up: ${plan.record.branch}`, { hint: "fleet undo --list" });
    // A tmux that did not answer once is no reason to end an agent that may be at work.
    const failed = error instanceof StartFailure || error instanceof Cancelled;
    if (failed && !watch.keep) await undoCreate(ports, plan.record, watch.warn);
    if (failed && watch.keep) watch.note(`kept for a look: fleet attach ${shellWord(plan.record.branch)}   ·   fleet start ${shellWord(plan.record.branch)}   ·   fleet kill ${shellWord(plan.record.branch)}`);
    if (!failed) watch.warn(`lost sight of ${oneLine(plan.record.branch)} while it was coming up; it is left as it is`, "fleet list --all");
    throw error;
  }
}

/** A kill has it in hand, or has put it away. */
function isTakenOver(store: CreatePorts["store"], id: string): boolean {
  return operations(store.home).some((entry) => entry.id === id && entry.operation === "kill") || !store.agents().some((agent) => agent.id === id);
}
