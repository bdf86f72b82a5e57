// Everything of a worktree that must be the same again, and where two such pictures differ.
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { spawn } from "../../src/ports/spawn";
import type { Server } from "./server";

export interface Snapshot {
  files: Record<string, string>;
  git: Record<string, string>;
}

/** Everything that must be the same again. `ignored: false` leaves out ignored files and the permissions of directories. */
export async function snapshot(server: Server, worktree: string, { ignored }: { ignored: boolean }): Promise<Snapshot> {
  const ask = async (...args: string[]) => {
    const ran = await spawn(["git", "-C", worktree, ...args], { env: { ...server.env, GIT_OPTIONAL_LOCKS: "0" }, encoding: "latin1", timeout: 60_000 });
    return `${ran.code}\n${ran.stdout}${ran.stderr}`;
  };
  const left = ignored ? [] : (await ask("ls-files", "-z", "-o", "-i", "--exclude-standard", "--directory")).slice(2).split("\0").filter(Boolean);
  const files: Record<string, string> = {};
  walk(Buffer.from(worktree), "", (path, text) => {
    if (!left.some((one) => path === one.replace(/\/$/, "") || (one.endsWith("/") && path.startsWith(one)))) files[path] = text;
  }, ignored);
  const index = (await ask("rev-parse", "--path-format=absolute", "--git-path", "index")).slice(2).trim();
  return {
    files,
    git: {
      index: existsSync(index) ? Bun.hash(readFileSync(index)).toString() : "none",
      status: await ask("status", "--porcelain=v2", "--branch", "-z"),
      long: await ask("status"),
      entries: await ask("ls-files", "-s", "-v", "-z"),
      head: await ask("rev-parse", "--symbolic-full-name", "HEAD"),
      commit: await ask("rev-parse", "HEAD"),
      staged: await ask("diff", "--cached", "--binary"),
      // Without the option, git writes the index; what it warns of depends on which files it has to look into.
      unstaged: await ask("-c", "diff.autoRefreshIndex=false", "-c", "core.safecrlf=false", "diff", "--binary"),
      nested: existsSync(join(worktree, "nested/.git")) ? await ask("-C", "nested", "log", "-p", "--format=%H") : "",
      module: existsSync(join(worktree, "module/.git")) ? await ask("-C", "module", "log", "-p", "--format=%H") : "",
      check: (await ask("fsck", "--connectivity-only", "--no-dangling", "--no-progress")),
    },
  };
}

function walk(root: Buffer, path: string, note: (path: string, text: string) => void, withModes: boolean): void {
  const at = path === "" ? root : Buffer.concat([root, Buffer.from("/"), Buffer.from(path, "latin1")]);
  for (const child of readdirSync(at, { encoding: "buffer" }) as unknown as Buffer[]) {
    const name = path === "" ? child.toString("latin1") : `${path}/${child.toString("latin1")}`;
    const full = Buffer.concat([at, Buffer.from("/"), child]);
    const stat = lstatSync(full);
    const mode = (stat.mode & 0o7777).toString(8);
    if (stat.isSymbolicLink()) note(name, `link ${readlinkSync(full)}`);
    else if (stat.isDirectory()) {
      note(name, withModes ? `directory ${mode}` : "directory");
      walk(root, name, note, withModes);
    } else note(name, `file ${mode} ${stat.size} ${Bun.hash(readFileSync(full))}`);
  }
}

/** Where two snapshots differ, one line each. */
export function differences(before: Snapshot, after: Snapshot): string[] {
  const lines: string[] = [];
  for (const part of ["files", "git"] as const) {
    for (const key of new Set([...Object.keys(before[part]), ...Object.keys(after[part])])) {
      const [a, b] = [before[part][key], after[part][key]];
      if (a !== b) lines.push(`${part} ${JSON.stringify(key)}: ${shorten(a)} → ${shorten(b)}`);
    }
  }
  return lines;
}

function shorten(text: string | undefined): string {
  return text === undefined ? "nothing" : JSON.stringify(text.slice(0, 600));
}
