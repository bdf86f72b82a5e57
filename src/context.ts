// What a command is handed. Everything is made when first asked for, so that a command pays for what it uses.
import { statSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import type { Args, CommandRow, Flags } from "./base/command";
import { UserError } from "./base/errors";
import type { Repo } from "./base/model";
import { type Git, openGit } from "./ports/git/call";
import { findRepo } from "./ports/git/repo";
import { openStore, type Store } from "./ports/store";
import { openTmux, type Tmux } from "./ports/tmux/call";
import { openTerminal, type Terminal } from "./ports/terminal";
import { openOut, type Out } from "./ui/out";

export interface Context {
  /** The command table, for what describes it: help, completions. No command imports another. */
  commands(): Promise<readonly Command[]>;
  /** The directory acted on: -C, else the working directory. */
  readonly cwd: string;
  readonly env: Record<string, string | undefined>;
  readonly out: Out;
  readonly terminal: Terminal;
  readonly tmux: Tmux;
  readonly git: Git;
  readonly store: Store;
  /** Milliseconds since the epoch. */
  now(): number;
  /** The repo one stands in; null outside of any. */
  findRepo(): Promise<Repo | null>;
  /** The same, or a UserError. */
  repo(): Promise<Repo>;
}

export interface ContextOptions {
  directory?: string | undefined;
  verbose: boolean;
  commands?: () => Promise<readonly Command[]>;
}

export function openContext(env: Record<string, string | undefined>, options: ContextOptions): Context {
  const terminal = openTerminal(env);
  const out = openOut(terminal, env);
  const trace = options.verbose ? out.trace : undefined;
  const cwd = options.directory === undefined ? workingDirectory() : existingDirectory(options.directory);
  const home = env["FLEET_HOME"] || join(env["HOME"] || homedir(), ".ai_fleet");
  let tmux: Tmux | undefined;
  let git: Git | undefined;
  let store: Store | undefined;
  let found: Promise<Repo | null> | undefined;
  const context: Context = {
    commands: options.commands ?? (async () => []),
    cwd,
    env,
    out,
    terminal,
    get tmux() {
      return (tmux ??= openTmux(env, trace));
    },
    get git() {
      return (git ??= openGit(env, trace));
    },
    get store() {
      return (store ??= openStore(home, out.warn));
    },
    now: Date.now,
    findRepo: () => (found ??= findRepo(context.git, cwd)),
    async repo() {
      const repo = await context.findRepo();
      if (!repo) throw new UserError(`not in a git repository: ${cwd}`, { hint: "fleet -C PATH …, or run it inside a checkout" });
      return repo;
    },
  };
  return context;
}

function existingDirectory(path: string): string {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw new UserError(`no such directory: ${path}`, { hint: "fleet -C PATH …, with a directory that exists" });
  return resolve(path);
}

function workingDirectory(): string {
  try {
    return process.cwd();
  } catch {
    throw new UserError("the working directory is gone", { hint: "cd to a directory that exists" });
  }
}

/** A command row; its input is typed from its own args and flags. */
export function defineCommand<const A extends Args, const F extends Flags>(row: CommandRow<Context, A, F>): CommandRow<Context, A, F> {
  return row;
}

/** A row as the table holds it. */
export type Command = CommandRow<Context>;
