// Worktrees in every state that people and agents leave them in, made at random from a seed.
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openTestRepo, type TestRepo } from "./repo";
import type { Server } from "./server";
import { addModule } from "./submodule";

export type Random = () => number;

/** mulberry32: small, and the same everywhere. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** What the states are made from: tracked files of many sorts, a branch that conflicts, a repository for a submodule. */
export async function prepareRepo(server: Server, repo: TestRepo): Promise<void> {
  for (let i = 0; i < 12; i++) repo.write(`t/${i}.txt`, `file ${i}\nline\n`);
  for (let i = 0; i < 6; i++) repo.write(`d${i}/x.txt`, `x of ${i}\n`);
  repo.write("crlf.txt", "one\r\ntwo\r\n");
  repo.write("mixed.txt", "one\r\ntwo\nthree\r\n");
  repo.write("%2etricky", "a name that looks escaped\n");
  repo.write("%plain", "percent\n");
  repo.write("c.txt", "base\n");
  repo.write("run.sh", "#!/bin/sh\n");
  chmodSync(join(repo.path, "run.sh"), 0o755);
  writeFileSync(join(repo.path, "bin.dat"), Buffer.from(Array.from({ length: 3000 }, (_, i) => (i * 7) % 256)));
  symlinkSync("t/0.txt", join(repo.path, "link"));
  repo.write(".gitignore", "*.ignored\nbuild/\n");
  await repo.commit("Files of many sorts");
  await repo.git("checkout", "-q", "-b", "other");
  repo.write("c.txt", "theirs\n");
  await repo.commit("Theirs");
  await repo.git("checkout", "-q", "main");
  mkdirSync(join(server.root, "sub"), { recursive: true });
  const sub = openTestRepo(server, join(server.root, "sub"));
  await sub.git("init", "-q", "-b", "main");
  sub.write("s.txt", "sub\n");
  await sub.commit("Sub");
  await repo.git("worktree", "add", "-q", "--detach", join(server.root, "modules"));
  for (const name of ["module", "resting"]) await openTestRepo(server, join(server.root, "modules")).git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", sub.path, name);
  // What a link in a worktree points at: nothing that fleet does may reach it.
  mkdirSync(join(server.root, "outside"));
  for (const name of ["x.txt", "y.txt"]) writeFileSync(join(server.root, "outside", name), "not fleet's\n", { mode: 0o640 });
}

interface Scene {
  git(...args: string[]): Promise<string>;
  /** The same, where failing is the point: conflicts. */
  tries(...args: string[]): Promise<void>;
  at(path: string): string;
  bytes(path: string, content: string | Buffer): void;
  random: Random;
  outside: string;
  /** A checkout with the submodules `module` and `resting`: made once, for git takes a dozen processes to add one. */
  modules: string;
}

type Change = (scene: Scene) => Promise<void> | void;

/** One of these, or none: they exclude each other. */
const STANDS: Record<string, Change> = {
  async conflict({ bytes, git, tries }) {
    bytes("c.txt", "ours\n");
    await git("commit", "-qam", "Ours");
    await tries("merge", "other");
  },
  async rebase({ bytes, git, tries }) {
    bytes("c.txt", "ours\n");
    await git("commit", "-qam", "Ours");
    bytes("later.txt", "later\n");
    await git("add", "later.txt");
    await git("commit", "-qm", "Later");
    await tries("rebase", "other");
  },
  async detached({ bytes, git }) {
    await git("checkout", "-q", "--detach");
    bytes("loose.txt", "loose\n");
    await git("add", "loose.txt");
    await git("commit", "-qm", "Loose");
  },
  async orphan({ git, random }) {
    await git("checkout", "-q", "--orphan", `orphan-${Math.floor(random() * 1e9)}`);
  },
  async sparse({ git }) {
    await git("sparse-checkout", "set", "--no-cone", "/*", "!/d5/");
  },
};

/** Files whose changes git is told to look away from. */
const [ASSUMED, SKIPPED] = ["t/9.txt", "t/10.txt"] as const;

/** Whether one of them holds what HEAD has not. In a sparse checkout git forgets skip-worktree of a file that is there, and commits it like any other. */
export async function hidesWork(server: Server, worktree: string): Promise<boolean> {
  const { git } = openTestRepo(server, worktree);
  const hides = await Promise.all([ASSUMED, SKIPPED].map(async (path) => `${await git("show", `HEAD:${path}`).catch(() => "")}\n` !== readFileSync(join(worktree, path), "utf8")));
  return hides.includes(true);
}

const CHANGES: Record<string, Change> = {
  rename: async ({ git }) => void (await git("mv", "t/1.txt", "t/renamed é.txt")),
  caseRename: async ({ git }) => void (await git("mv", "t/11.txt", "t/11.TXT")),
  binary: ({ bytes }) => bytes("bin.dat", Buffer.from([0, 255, 13, 10, 26, 0, 10, 13])),
  modes({ at, bytes }) {
    chmodSync(at("t/2.txt"), 0o755);
    chmodSync(at("t/3.txt"), 0o600);
    bytes("secret", "x");
    chmodSync(at("secret"), 0o600);
    chmodSync(at("run.sh"), 0o644);
  },
  links({ at }) {
    symlinkSync("nowhere/at/all", at("dangling"));
    symlinkSync("t", at("to-directory"));
    symlinkSync("/etc/hostname", at("absolute"));
    rmSync(at("link"));
    symlinkSync("t/4.txt", at("link"));
  },
  directoryToLink({ at, outside }) {
    rmSync(at("d0"), { recursive: true });
    symlinkSync(outside, at("d0"));
  },
  linkToDirectory({ at, bytes }) {
    rmSync(at("link"), { force: true });
    bytes("link/inside.txt", "was a link\n");
  },
  fileToDirectory({ at, bytes }) {
    rmSync(at("t/5.txt"));
    bytes("t/5.txt/deep/file", "was a file\n");
  },
  directoryToFile({ at }) {
    rmSync(at("d1"), { recursive: true });
    writeFileSync(at("d1"), "was a directory\n");
  },
  async lineEnds({ at, bytes, git }) {
    bytes(".gitattributes", "* text=auto\n*.dat -text\n");
    bytes("new-crlf.txt", "committed\r\nwith\r\ncrlf\r\n");
    bytes("new-mixed.txt", "mixed\r\nends\n");
    await git("-c", "core.safecrlf=false", "add", ".gitattributes", "new-crlf.txt");
    if (!existsSync(join(at("."), ".git", "x"))) bytes("crlf.txt", "changed\r\ncrlf\r\n");
  },
  async stagedAndMore({ bytes, git }) {
    bytes("t/6.txt", "staged\n");
    await git("add", "t/6.txt");
    bytes("t/6.txt", "staged\nand more\n");
  },
  async stagedThenDeleted({ at, bytes, git }) {
    bytes("gone.bin", Buffer.from([1, 2, 0, 3]));
    await git("add", "gone.bin");
    rmSync(at("gone.bin"));
  },
  deleted: ({ at }) => rmSync(at("t/7.txt")),
  stagedDeletion: async ({ git }) => void (await git("rm", "-q", "--cached", "t/8.txt")),
  async intentToAdd({ bytes, git }) {
    bytes("intended.txt", "later\n");
    await git("add", "-N", "intended.txt");
  },
  async assumeUnchanged({ bytes, git }) {
    await git("update-index", "--assume-unchanged", ASSUMED);
    bytes(ASSUMED, "hidden change\n");
  },
  async skipWorktree({ bytes, git }) {
    await git("update-index", "--skip-worktree", SKIPPED);
    bytes(SKIPPED, "another hidden change\n");
  },
  untracked({ bytes }) {
    bytes("new/deep/er/file.txt", "untracked\n");
    bytes("new/.gitignore", "*.tmp\n");
    bytes("new/deep/x.tmp", "ignored within\n");
  },
  ignored({ bytes }) {
    bytes("a.ignored", "ignored\n");
    bytes("build/out/o.js", "built\n");
  },
  empty({ at }) {
    mkdirSync(at("empty/er/est"), { recursive: true });
    mkdirSync(at("t/hollow"), { recursive: true });
    mkdirSync(at("fresh/hollow"), { recursive: true });
  },
  oddNames({ bytes }) {
    for (const name of ["two\nlines", `quo"te's`, "-dash", " blank ", "tab\there", "back\\slash", "%41", "%2e", "%25x", "ünï", ":colon", "*star?", "#{hash}", "$(touch pwned)"]) bytes(`odd/${name}`, name);
    bytes("odd/%2egit/config", "not a repository\n");
  },
  rawNames({ at }) {
    mkdirSync(at("raw"), { recursive: true });
    for (const bytes of [[0xff, 0xfe], [0x61, 0xe9], [0x80]]) writeFileSync(Buffer.concat([Buffer.from(`${at("raw")}/`), Buffer.from(bytes)]), "not utf-8\n");
  },
  async nested({ at, bytes, git }) {
    bytes("nested/n.txt", "nested\n");
    await git("init", "-q", "-b", "main", "nested");
    await git("-C", at("nested"), "add", "-A");
    await git("-C", at("nested"), "commit", "-qm", "Nested");
    bytes("nested/n.txt", "changed in it\n");
    mkdirSync(at("nested/hollow"));
  },
  async nestedTracked({ at, bytes, git }) {
    bytes("inner/i.txt", "inner\n");
    await git("init", "-q", "-b", "main", "inner");
    await git("-C", at("inner"), "add", "-A");
    await git("-C", at("inner"), "commit", "-qm", "Inner");
    await git("-c", "advice.addEmbeddedRepo=false", "add", "inner");
  },
  async submodule(scene) {
    const { at, bytes, git, random } = scene;
    await addModule(scene, "module");
    if (random() < 0.5) await git("commit", "-qm", "A submodule", "--", ".gitmodules", "module").catch(() => "");
    bytes("module/s.txt", "changed in the submodule\n");
    await git("-C", at("module"), "commit", "-qam", "Only here");
    bytes("module/u.txt", "untracked in the submodule\n");
  },
  /** One that git can bring again: no work of its own. */
  async restingModule(scene) {
    await addModule(scene, "resting");
    await scene.git("commit", "-qm", "A submodule at rest", "--", ".gitmodules", "resting");
  },
  large: ({ bytes, random }) => bytes("large.bin", Buffer.alloc(2_500_000, Math.floor(random() * 256))),
  percent: ({ bytes }) => (bytes("%2etricky", "changed\n"), bytes(".tricky", "its double\n"), bytes("%plain", "changed too\n")),
  async committed({ bytes, git }) {
    bytes("work.txt", "committed work\n");
    await git("add", "work.txt");
    await git("commit", "-qm", "Work").catch(() => "");
  },
};

/** Put the worktree into a state that `random` picks, with at most this share of the changes, and `always` among them. Returns what was done to it, for the message of a failure. */
export async function disturb(server: Server, worktree: string, random: Random, { stands: anyStand = true, without = [] as readonly string[], always = [] as readonly string[], most = 0.75 } = {}): Promise<string[]> {
  const git = async (...args: string[]) => openTestRepo(server, worktree).git(...args);
  const scene: Scene = {
    git,
    tries: async (...args) => void (await git(...args).catch(() => "")),
    at: (path) => join(worktree, path),
    bytes(path, content) {
      mkdirSync(join(worktree, path, ".."), { recursive: true });
      rmSync(join(worktree, path), { recursive: true, force: true });
      writeFileSync(join(worktree, path), content);
    },
    random,
    outside: join(server.root, "outside"),
    modules: join(server.root, "modules"),
  };
  const done: string[] = [];
  const stands = Object.keys(STANDS);
  const stand = always.find((name) => name in STANDS) ?? (anyStand && random() < 0.6 ? stands[Math.floor(random() * stands.length)]! : null);
  const share = most / 5 + random() * most * 0.8;
  const picked = Object.keys(CHANGES).filter((name) => always.includes(name) || (random() < share && !without.includes(name)));
  for (const name of [...(stand ? [stand] : []), ...picked]) {
    try {
      await (STANDS[name] ?? CHANGES[name])!(scene);
      done.push(name);
    } catch (error) {
      // Some can't follow others (a conflict in the index): what they did until then is a state as well.
      done.push(`${name} (${String((error as Error).message).slice(0, 60)})`);
    }
  }
  return done;
}
