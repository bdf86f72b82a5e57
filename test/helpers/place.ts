// One private place with a repository and the compiled binary: what most end-to-end tests begin with.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type FleetRan, fleetIn, fleetOk, type RunFleet } from "./fleet";
import { makeRepo, type RepoOptions, type TestRepo } from "./repo";
import { privateServer, type Server, type ServerOptions } from "./server";
import { until } from "./until";

/** One object of `fleet list --json`. */
export interface Listed {
  id: string;
  branch: string;
  kind: string;
  status: string;
  reason: string | null;
  doing: string | null;
  worktree: string;
  session: string | null;
  pane: string | null;
  pid: number | null;
  exit: number | null;
  [field: string]: unknown;
}

export interface Place {
  readonly server: Server;
  readonly repo: TestRepo;
  /** `fleet WORDS…` in the repository; never throws for an exit code. */
  fleet: RunFleet;
  /** The same; anything but exit code 0 throws. Returns stdout. */
  ok(words: readonly string[], options?: Parameters<RunFleet>[1]): Promise<string>;
  list(...words: string[]): Promise<Listed[]>;
  agent(branch: string): Promise<Listed>;
  /** The agent once it has this status. */
  untilStatus(branch: string, status: string): Promise<Listed>;
  /** The text of an agent's pane, history included. */
  screen(branch: string): Promise<string>;
  /** The text of a file below FLEET_HOME; "" when it is not there. */
  kept(...path: string[]): string;
  /** What there is of git and fleet: to compare before and after something that must leave nothing. */
  traces(): Promise<unknown>;
}

export async function openPlace(options: { server?: ServerOptions; repo?: RepoOptions } = {}): Promise<Place> {
  const server = await privateServer(options.server);
  return placeIn(server, await makeRepo(server, options.repo));
}

/** A place on a server and repository that are there. */
export function placeIn(server: Server, repo: TestRepo): Place {
  const fleet = fleetIn(server, repo.path);
  const ok = fleetOk(fleet);
  const list = async (...words: string[]) => JSON.parse(await ok(["list", "--json", ...words])) as Listed[];
  const agent = async (branch: string) => {
    const found = (await list()).find((one) => one.branch === branch);
    if (!found) throw new Error(`no agent ${branch}`);
    return found;
  };
  const screen = async (branch: string) => server.tmux("capture-pane", "-pJ", "-S", "-", "-t", (await agent(branch)).pane!);
  const kept = (...path: string[]) => {
    const file = join(server.fleetHome, ...path);
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  };
  return {
    server, repo, fleet, ok, list, agent, screen, kept,
    untilStatus: (branch, status) =>
      until(async () => {
        const now = await agent(branch);
        if (now.status !== status) throw new Error(`${now.status} (${now.reason})`);
        return now;
      }, { what: `${branch} ${status}`, show: () => screen(branch) }),
    async traces() {
      const sessions = await server.tmux("list-sessions", "-F", "#{session_name}").catch(() => "");
      return {
        branches: await repo.git("for-each-ref", "--format=%(refname)"),
        worktrees: await repo.git("worktree", "list", "--porcelain"),
        agents: Object.keys((JSON.parse(kept("state.json") || '{"agents":{}}') as { agents: object }).agents),
        sessions: sessions.split("\n").sort(),
        files: existsSync(server.fleetHome) ? [...new Bun.Glob("{agents,worktrees,journal}/**").scanSync({ cwd: server.fleetHome, dot: true })].sort() : [],
      };
    },
  };
}

/** What a refusal said, as one text to match words in: message, detail and hint. */
export function said(ran: FleetRan): string {
  return ran.stderr;
}
