// Throw-away git repositories.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { spawn } from "../../src/ports/spawn";
import type { Server } from "./server";

export interface TestRepo {
  readonly path: string;
  /** stdout of git in the repository's main checkout, without the last line end; a failing call throws. */
  git(...args: string[]): Promise<string>;
  /** Write a file of the main checkout; directories are made. */
  write(path: string, text: string): void;
  /** Commit everything that is there. */
  commit(message: string): Promise<void>;
}

export interface RepoOptions {
  /** The directory's name below the server's root. */
  name?: string;
  /** Committed files, `src/d0/f0.txt` and on; 100 a directory. */
  files?: number;
  /** false: a repository without any commit. */
  commits?: boolean;
}

/** A repository on branch `main` with a README and `files` more, committed. */
export async function makeRepo(server: Pick<Server, "root" | "env">, options: RepoOptions = {}): Promise<TestRepo> {
  const path = join(server.root, options.name ?? "repo");
  mkdirSync(path, { recursive: true });
  const repo = openTestRepo(server, path);
  await repo.git("init", "-q", "-b", "main");
  if (options.commits === false) return repo;
  repo.write("README.md", "# a repository\n");
  for (let i = 0; i < (options.files ?? 0); i++) repo.write(`src/d${Math.floor(i / 100)}/f${i}.txt`, `file ${i}\n`);
  await repo.commit("Begin");
  return repo;
}

/** The same handle on a directory that is a checkout already: a clone, a worktree. */
export function openTestRepo(server: Pick<Server, "env">, path: string): TestRepo {
  const git = async (...args: string[]): Promise<string> => {
    const ran = await spawn(["git", "-C", path, ...args], { env: server.env, timeout: 60_000 });
    if (ran.code !== 0) throw new Error(`git ${args.join(" ")}: ${ran.stderr.trim() || `ended with ${ran.code}`}`);
    return ran.stdout.replace(/\n$/, "");
  };
  return {
    path,
    git,
    write(file, text) {
      mkdirSync(dirname(join(path, file)), { recursive: true });
      writeFileSync(join(path, file), text);
    },
    async commit(message) {
      await git("add", "-A");
      await git("commit", "-q", "--allow-empty", "-m", message);
    },
  };
}
