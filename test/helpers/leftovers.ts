// What a killed command may leave, and what must be as it was: told apart from whole agents.
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { isLockDead } from "../../src/ports/lock";
import type { Place } from "./place";

interface State {
  agents: Record<string, { branch: string; worktree: string; session: string }>;
}

/** Files, refs and sessions that belong to no whole agent, as `fleet doctor --json` would name them, sorted. */
export async function leftovers(place: Place): Promise<string[]> {
  const { server, repo } = place;
  const home = server.fleetHome;
  const unfinished = new Set(namesIn(join(home, "journal")).map((name) => name.replace(/\.json$/, "")));
  const state = JSON.parse(place.kept("state.json") || '{"agents":{}}') as State;
  const whole = Object.entries(state.agents).filter(([id]) => !unfinished.has(id));
  const worktrees = new Set(whole.map(([, agent]) => agent.worktree));
  const branches = new Set(whole.map(([, agent]) => `refs/heads/${agent.branch}`));
  const ids = new Set(whole.map(([id]) => id));
  const common = join(repo.path, ".git");

  const directories = namesIn(join(home, "worktrees")).flatMap((folder) => namesIn(join(home, "worktrees", folder)).map((name) => join(home, "worktrees", folder, name)));
  const registrations = namesIn(join(common, "worktrees")).map((name) => join(common, "worktrees", name));
  const refs = (await repo.git("for-each-ref", "--format=%(refname)", "refs/heads")).split("\n");
  const panes = await server.tmux("list-panes", "-a", "-f", "#{!=:#{@fleet_id},}", "-F", "#{@fleet_id}\t#{session_name}").catch(() => "");
  const sessions = panes.split("\n").filter(Boolean).map((line) => line.split("\t"));
  return [
    ...directories.filter((path) => !worktrees.has(path)),
    ...registrations.filter((dir) => !worktrees.has(worktreeOf(dir))),
    ...refs.filter((ref) => /\/(case|live)-/.test(ref) && !branches.has(ref)),
    ...sessions.filter(([id]) => !ids.has(id!)).map(([, name]) => `session ${name}`),
    ...namesIn(join(home, "agents")).filter((id) => !ids.has(id)).map((id) => join(home, "agents", id)),
    ...namesIn(join(home, "journal")).map((name) => join(home, "journal", name)),
    ...["", "journal", "cache", "locks"].flatMap((folder) => namesIn(join(home, folder)).filter((name) => /\.(tmp|lock|holder|breaking)$/.test(name)).map((name) => join(home, folder, name))).filter((path) => !isHeld(path)),
  ].sort().filter((path, i, all) => all.indexOf(path) === i);
}

/** A lock whose holder lives is nobody's leftover: a list leaves a refresh behind that is at work for a moment. */
function isHeld(path: string): boolean {
  return /\.(lock|holder)$/.test(path) && !isLockDead(path.replace(/\.(lock|holder)$/, ""));
}

/** The session of each whole agent that has none: an agent that was left without its program. */
export async function withoutSession(place: Place): Promise<string[]> {
  return (await place.list("--all")).filter((agent) => agent.session === null).map((agent) => agent.branch);
}

/** All that is the person's: files of HOME without fleet's, the repo's refs, config and main checkout, and tmux's settings. */
export async function belongings({ server, repo }: Place): Promise<Record<string, string>> {
  const own = (ref: string) => !/^refs\/heads\/(case|live)-/.test(ref) && !ref.startsWith("refs/fleet/");
  return {
    ...filesOf(server.home, (path) => path !== server.fleetHome),
    ...filesOf(repo.path, (path) => path !== join(repo.path, ".git")),
    refs: (await repo.git("for-each-ref", "--format=%(refname) %(objectname)")).split("\n").filter(own).join("\n"),
    config: readFileSync(join(repo.path, ".git/config"), "utf8"),
    status: await repo.git("status", "--porcelain=v2", "--branch"),
    stashes: await repo.git("stash", "list"),
    keys: await server.tmux("list-keys"),
    options: await server.tmux("show-options", "-g"),
    environment: await server.tmux("show-environment", "-g"),
  };
}

function filesOf(root: string, takes: (path: string) => boolean): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of namesIn(root)) {
    const path = join(root, name);
    if (!takes(path)) continue;
    const stat = lstatSync(path);
    if (stat.isDirectory()) Object.assign(found, { [path]: "a directory" }, filesOf(path, takes));
    else found[path] = `${stat.mode.toString(8)} ${stat.isSymbolicLink() ? readlinkSync(path) : new Bun.CryptoHasher("sha256").update(readFileSync(path)).digest("hex")}`;
  }
  return found;
}

function worktreeOf(registration: string): string {
  const file = join(registration, "gitdir");
  return existsSync(file) ? readFileSync(file, "utf8").trim().replace(/\/\.git$/, "") : "";
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory).sort();
  } catch {
    return [];
  }
}
