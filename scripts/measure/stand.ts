// Where measuring is done: a home, a FLEET_HOME and a tmux server that nobody else uses, and throw-away repositories.
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Place, time, type Words } from "./time";

export interface Stand {
  env: Record<string, string>;
  fleetHome: string;
  /** One tmux call; returns stdout. */
  tmux(...words: string[]): string;
  close(): void;
}

/** The directory that holds all stands; short, because a socket's path has at most 104 bytes on macOS. */
export function makeRoot(): string {
  return mkdtempSync(join(realpathSync("/tmp"), "fl-bench-"));
}

// Programs that sleep leave the machine quiet. `tree` is a tree of four, as a real agent is one: wrapper, program, two of its own.
const CONFIG = `[kinds.sleep]
command = ["sleep", "100000"]
[kinds.tree]
command = ["sh", "-c", "sleep 100000 & sleep 100000 & wait"]
`;

/** A stand with a running server. */
export function makeStand(root: string, name: string): Stand {
  const place = join(root, name);
  const home = join(place, "home");
  const fleetHome = join(place, "fleet");
  mkdirSync(home, { recursive: true });
  mkdirSync(fleetHome);
  // No git of its own accord in the background.
  writeFileSync(join(home, ".gitconfig"), "[user]\n\tname = Bench\n\temail = bench@example.invalid\n[maintenance]\n\tauto = false\n[gc]\n\tauto = 0\n");
  writeFileSync(join(fleetHome, "config.toml"), CONFIG);
  const env = { PATH: process.env["PATH"] ?? "/usr/bin:/bin", HOME: home, FLEET_HOME: fleetHome, TMUX_TMPDIR: place, TERM: "xterm-256color", LANG: "C.UTF-8", SHELL: "/bin/sh", GIT_CONFIG_NOSYSTEM: "1" };
  const tmux = (...words: string[]) => time(["tmux", "-u", ...words], { cwd: home, env }).stdout.trimEnd();
  tmux("-f", "/dev/null", "new-session", "-d", "-s", "main", "-x", "160", "-y", "48", "exec sleep 100000");
  // By the socket, so that no other server can be meant.
  const socket = tmux("display-message", "-p", "#{socket_path}");
  return { env, fleetHome, tmux, close: () => void Bun.spawnSync(["tmux", "-S", socket, "kill-server"], { env }) };
}

export interface TestRepo extends Place {
  /** One git call in the repository; returns stdout. */
  git(...words: string[]): string;
}

/** A repository with one commit of `files` files, about 400 bytes each. */
export function makeRepo(stand: Stand, path: string, files: number): TestRepo {
  mkdirSync(path, { recursive: true });
  const place = { cwd: path, env: stand.env };
  const git = (...words: string[]) => time(["git", ...words], place).stdout.trimEnd();
  git("init", "-q", "-b", "main");
  for (let i = 0; i < files; i++) {
    const folder = join(path, `d${Math.floor(i / 100)}`);
    if (i % 100 === 0) mkdirSync(folder);
    writeFileSync(join(folder, `f${i}.txt`), `line ${i} of a file\n`.repeat(20));
  }
  git("add", "-A");
  git("commit", "-q", "-m", "Begin");
  return { ...place, git };
}

/** A clone of the checkout at `source`, on a branch `main`. */
export function cloneRepo(stand: Stand, source: string, path: string): TestRepo {
  const home = { cwd: stand.env["HOME"]!, env: stand.env };
  time(["git", "clone", "--quiet", "--no-hardlinks", source, path], home);
  const place = { cwd: path, env: stand.env };
  const git = (...words: string[]) => time(["git", ...words], place).stdout.trimEnd();
  git("switch", "--quiet", "-C", "main");
  // Only refs that a round makes may be there to be taken back.
  git("remote", "remove", "origin");
  return { ...place, git };
}

/**
 * Take everything back to the repository and the server as they were made: sessions, worktrees, branches, fleet's own state.
 * Directories are only moved away: ext4 without a journal looks long for inodes that were not freed just now, and the next
 * checkout of 10,000 files would take 0.8 s instead of 0.25.
 */
export function scrub(stand: Stand, repo: TestRepo): void {
  const away = mkdtempSync(join(stand.fleetHome, "..", "away-"));
  for (const id of stand.tmux("list-sessions", "-f", "#{!=:#{session_name},main}", "-F", "#{session_id}").split("\n").filter(Boolean)) stand.tmux("kill-session", "-t", id);
  for (const name of readdirSync(stand.fleetHome)) {
    if (name !== "config.toml" && name !== "cache") renameSync(join(stand.fleetHome, name), join(away, name));
  }
  rmSync(join(repo.cwd, ".git", "fleet-trash"), { recursive: true, force: true });
  repo.git("worktree", "prune", "--expire=now");
  const refs = repo.git("for-each-ref", "--format=delete %(refname)").split("\n").filter((line) => line && line !== "delete refs/heads/main");
  if (refs.length > 0) time(["git", "update-ref", "--stdin"], repo, { stdin: `${refs.join("\n")}\n` });
}

/** Wait until `holds`; the state of the world, never a time, ends the wait. */
export async function until(what: string, holds: () => boolean, seconds = 20): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`waited ${seconds} s in vain: ${what}`);
    await Bun.sleep(10);
  }
}

/** Wait until what `fleet` left to do in the background is done: it must not run beside what is measured next. */
export async function backgroundDone(fleet: string): Promise<void> {
  const left = () => Bun.spawnSync(["ps", "-axo", "args="]).stdout.toString().split("\n").filter((line) => line.startsWith(`${fleet} refresh`) || line.startsWith(`${fleet} purge`));
  await until("no fleet is left in the background", () => left().length === 0, 60);
}

/** Build `source` with the flags that fleet is built with. */
export function compile(root: string, source: string, outfile: string): string {
  time([join(root, "scripts", "build"), process.execPath, outfile, source] as Words, { cwd: root, env: process.env as Record<string, string> });
  return outfile;
}
