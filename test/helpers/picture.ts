// Everything of a worktree that an undo must bring back, read without a git for each question: all its files, all of git's own files of it.
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { spawn } from "../../src/ports/spawn";
import type { Server } from "./server";

/** By path (latin1): what lies there; under "git …" what git says of it. */
export type Picture = Record<string, string>;

export interface Look {
  /** git may write its logs, and the stat data of the index: compared by what they mean. */
  loose?: boolean;
}

export async function pictureOf(server: Server, checkout: string, { loose = false }: Look = {}): Promise<Picture> {
  const ask = async (...args: string[]) => {
    const ran = await spawn(["git", "-C", checkout, ...args], { env: { ...server.env, GIT_OPTIONAL_LOCKS: "0" }, encoding: "latin1", timeout: 60_000 });
    return `${ran.code} ${ran.stdout}${ran.code === 0 ? "" : ran.stderr}`;
  };
  const [status, entries] = await Promise.all([ask("status", "--porcelain=v2", "--branch", "-z"), loose ? ask("ls-files", "-s", "-v", "-z") : ""]);
  const picture: Picture = { "git status": status, "git entries": entries };
  const link = join(checkout, ".git");
  const linked = lstatSync(link).isFile();
  walk(Buffer.from(checkout), "", (path, text) => void (picture[path] = text), (path) => !linked && path === ".git");
  const admin = linked ? readFileSync(link, "utf8").replace(/^gitdir: /, "").trim() : link;
  // Of the main checkout only its index: the rest of .git is the repository.
  if (!linked) {
    if (!loose) picture["git index"] = String(Bun.hash(readFileSync(join(admin, "index"))));
    return picture;
  }
  walk(Buffer.from(admin), "", (path, text) => void (picture[`git/${path}`] = text), (path) => loose && ["logs", "ORIG_HEAD", "COMMIT_EDITMSG"].includes(path));
  return picture;
}

function walk(root: Buffer, path: string, note: (path: string, text: string) => void, leave: (path: string) => boolean): void {
  const at = path === "" ? root : Buffer.concat([root, Buffer.from("/"), Buffer.from(path, "latin1")]);
  for (const child of readdirSync(at, { encoding: "buffer" }) as unknown as Buffer[]) {
    const name = path === "" ? child.toString("latin1") : `${path}/${child.toString("latin1")}`;
    if (leave(name)) continue;
    const full = Buffer.concat([at, Buffer.from("/"), child]);
    const stat = lstatSync(full);
    const mode = (stat.mode & 0o7777).toString(8);
    if (stat.isSymbolicLink()) note(name, `link ${readlinkSync(full, { encoding: "buffer" }).toString("latin1")}`);
    else if (stat.isDirectory()) {
      note(name, `directory ${mode}`);
      walk(root, name, note, leave);
    } else note(name, stat.isFile() ? `file ${mode} ${stat.size} ${Bun.hash(readFileSync(full))}` : `special ${mode}`);
  }
}

/** Where two pictures differ, one line each. */
export function changesOf(before: Picture, after: Picture): string[] {
  const paths = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...paths].filter((path) => before[path] !== after[path]).map((path) => `${JSON.stringify(path)}: ${shorten(before[path])} → ${shorten(after[path])}`);
}

function shorten(text: string | undefined): string {
  return text === undefined ? "nothing" : JSON.stringify(text.slice(0, 400));
}

/** The git directory of a linked worktree. */
export function adminOf(worktree: string): string {
  return dirname(join(readFileSync(join(worktree, ".git"), "utf8").replace(/^gitdir: /, "").trim(), "HEAD"));
}
