// How agents' requests stand, for a list that asks for it: one question a repository, kept for a minute in FLEET_HOME/cache/requests.
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ProcessError, UserError } from "../../base/errors";
import type { Agent, AgentRecord } from "../../base/model";
import { oneLine } from "../../base/text";
import { listRequests, type RequestRows } from "../../ports/forge/states";
import type { Git } from "../../ports/git/call";
import { findRepo } from "../../ports/git/repo";
import { writeFileAtomic } from "../../ports/store";
import { repoName } from "../find";
import { inPool } from "../pool";
import { requestStateOf } from "./match";
import { findForge } from "./place";

const FRESH_MS = 60_000;
const DEADLINE_MS = 8_000;
// They wait for the network, not for a core.
const AT_ONCE = 6;
const VERSION = 1;

interface Kept extends RequestRows {
  version: typeof VERSION;
  /** Epoch milliseconds. */
  at: number;
}

export interface BoardPorts {
  git: Git;
  env: Record<string, string | undefined>;
  /** FLEET_HOME. */
  home: string;
  /** Epoch milliseconds. */
  now(): number;
}

/** Why requests of some repos are not known, or old; each reason once. */
export interface Doubt {
  repos: string[];
  message: string;
  hint: string | undefined;
  /** Milliseconds since what is shown was asked; null: nothing is. */
  age: number | null;
}

/** Says of each agent how its request stands. With `wait` the forge is asked first, where what is kept is old; else beside it, for the next look. */
export type Board = (agents: readonly Agent[], wait: boolean) => Promise<Doubt[]>;

export function openBoard(ports: BoardPorts): Board {
  const asking = new Set<string>();
  // Where nothing can be written, an answer is good for this command alone.
  const unwritten = new Map<string, Kept>();
  const keptOf = (repo: string) => unwritten.get(repo) ?? readKept(ports.home, repo);
  const failed = new Map<string, { at: number; error: UserError }>();

  const refresh = async (record: AgentRecord): Promise<void> => {
    const { repo, main } = record;
    if (asking.has(repo)) return;
    asking.add(repo);
    try {
      const kept = await askForge(ports, record);
      failed.delete(repo);
      if (keep(ports.home, repo, kept)) unwritten.delete(repo);
      else unwritten.set(repo, kept);
    } catch (error) {
      if (!(error instanceof UserError || error instanceof ProcessError)) throw error;
      failed.set(repo, { at: ports.now(), error: error instanceof UserError ? error : new UserError(`git can't tell where it lies: ${main}`, { detail: error.stderr, hint: "fleet doctor" }) });
    } finally {
      asking.delete(repo);
    }
  };

  return async (agents, wait) => {
    const byRepo = Map.groupBy(agents, (agent) => agent.record.repo);
    const due = [...byRepo].filter(([repo]) => {
      const last = Math.max(keptOf(repo)?.at ?? 0, failed.get(repo)?.at ?? 0);
      return ports.now() - last >= FRESH_MS;
    });
    const jobs = due.map(([, [first]]) => () => refresh(first!.record));
    if (wait) await inPool(AT_ONCE, jobs);
    else for (const job of jobs) void job().catch(() => {});
    const doubts = new Map<string, Doubt>();
    for (const [repo, own] of byRepo) {
      const kept = keptOf(repo);
      const age = kept === null ? null : ports.now() - kept.at;
      for (const agent of own) agent.request = kept === null ? null : requestStateOf(agent, kept, age! >= FRESH_MS);
      const error = failed.get(repo)?.error;
      if (!error || (age !== null && age < FRESH_MS)) continue;
      // Its own words are of one repo each; the reason is of all.
      const said = oneLine(error.detail?.split("\n")[0] ?? "").slice(0, 120);
      const reason = `${error.message.split(": /")[0]!}${said === "" ? "" : `: ${said}`}`;
      const doubt = doubts.get(reason) ?? { repos: [], message: reason, hint: error.hint, age };
      doubt.repos.push(repoName(own[0]!));
      doubts.set(reason, doubt);
    }
    return [...doubts.values()];
  };
}

/** Throws UserError. */
async function askForge({ git, env, now }: BoardPorts, { main }: AgentRecord): Promise<Kept> {
  const repo = await findRepo(git, main);
  if (repo === null) throw new UserError(`its repository is not there: ${main}`, { hint: "fleet doctor" });
  const { forge } = await findForge({ git, env }, repo.top, repo.branch);
  const at = now();
  return { version: VERSION, at, ...(await listRequests({ ...forge, timeout: DEADLINE_MS })) };
}

/** false where it can't be written: the disk is full, or read-only. */
function keep(home: string, common: string, kept: Kept): boolean {
  try {
    mkdirSync(join(home, "cache", "requests"), { recursive: true, mode: 0o700 });
    writeFileAtomic(fileOf(home, common), `${JSON.stringify(kept)}\n`);
    return true;
  } catch {
    return false;
  }
}

/** A missing or broken one is asked again. */
function readKept(home: string, common: string): Kept | null {
  try {
    const kept = JSON.parse(readFileSync(fileOf(home, common), "utf8")) as Kept;
    return kept.version === VERSION && typeof kept.at === "number" && kept.rows.every(({ number }) => Number.isInteger(number)) ? kept : null;
  } catch {
    return null;
  }
}

/** After something has changed them: the next list asks. */
export function forgetRequests(home: string, common: string): void {
  rmSync(fileOf(home, common), { force: true });
}

function fileOf(home: string, common: string): string {
  return join(home, "cache", "requests", `${new Bun.CryptoHasher("sha256").update(common).digest("hex").slice(0, 16)}.json`);
}

/** One line: what is not known, of which repos, and why. */
export function doubtText({ repos, message, age }: Doubt): string {
  const what = age === null ? "not known" : `of ${Math.floor(age / 60_000)}m ago`;
  return `pull requests of ${repos.map(oneLine).join(", ")} are ${what}: ${message}`;
}
