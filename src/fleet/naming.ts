// Names of things that fleet makes, from names that people chose. Pure.
import { dirname } from "node:path";
import type { AgentRecord } from "../base/model";
import { oneLine } from "../base/text";

const ID_LETTERS = "abcdefghjkmnpqrstuvwxyz";
const ID_CHARS = `${ID_LETTERS}23456789`;

/** A new agent id: six characters that are easy to read aloud, a letter first. `taken` are ids in use. */
export function newId(taken: ReadonlySet<string>, random: () => number = Math.random): string {
  for (;;) {
    let id = "";
    for (let i = 0; i < 6; i++) {
      const from = i === 0 ? ID_LETTERS : ID_CHARS;
      id += from[Math.floor(random() * from.length)];
    }
    if (!taken.has(id)) return id;
  }
}

/** Whether it could be newId's. */
export function isId(text: unknown): text is string {
  return typeof text === "string" && /^[a-hjkmnp-z][a-hjkmnp-z2-9]{5}$/.test(text);
}

/** The session's name: `<repo>-<branch>`, in letters and digits of any script, which tmux ≥ 3.2 keeps as they are. At most 50. */
export function sessionName(repoName: string, branch: string): string {
  const name = `${repoName}-${branch}`.normalize("NFC").replace(/[^\p{L}\p{N}_-]+/gu, "-").replace(/^-+|-+$/g, "");
  return [...name].slice(0, 50).join("").replace(/-+$/, "") || "agent";
}

/** `<root>/<repo>-<6 hex>`: where the worktrees of one repo lie. The hex tells repos of one name apart. */
export function worktreeFolder(root: string, repoName: string, common: string): string {
  const hex = new Bun.CryptoHasher("sha256").update(common).digest("hex").slice(0, 6);
  return `${root}/${repoName.replace(/[^\p{L}\p{N}._-]+/gu, "-")}-${hex}`;
}

/** The root of a worktree that fleet made. */
export function worktreeRoot(worktree: string): string {
  return dirname(dirname(worktree));
}

/** Where fleet has made worktrees. Beside one that was there before its agent lies what is somebody's own. */
export function madeRoots(records: readonly Pick<AgentRecord, "worktree" | "adopted">[]): string[] {
  return [...new Set(records.filter(({ adopted }) => !adopted).map(({ worktree }) => worktreeRoot(worktree)))];
}

/** The worktree's directory name: the branch with `/` as `-`. A file system takes 255 bytes; long names end in a hash. */
export function worktreeName(branch: string): string {
  const name = branch.replaceAll("/", "-");
  if (Buffer.byteLength(name) <= 120) return name;
  const hash = new Bun.CryptoHasher("sha256").update(branch).digest("hex").slice(0, 8);
  return `${[...name].slice(0, 30).join("")}-${hash}`;
}

/** `base`, `base-2`, `base-3` …: the first that is free. */
export function firstFree(base: string, taken: (name: string) => boolean, mark = "-"): string {
  if (!taken(base)) return base;
  for (let n = 2; ; n++) if (!taken(`${base}${mark}${n}`)) return `${base}${mark}${n}`;
}

/** The smallest integer from 1 that no agent has. */
export function freeSlot(taken: Iterable<number>): number {
  const used = new Set(taken);
  let slot = 1;
  while (used.has(slot)) slot++;
  return slot;
}

/** `#12 The form loses its text`, for a list. */
export function titleOfIssue({ number, title }: { number: number; title: string }): string {
  return `#${number} ${oneLine(title.slice(0, 1000))}`.slice(0, 200).trim();
}

/** The first words of a prompt, for a list. */
export function titleOf(prompt: string | null): string {
  return oneLine((prompt ?? "").slice(0, 1000)).slice(0, 200);
}
