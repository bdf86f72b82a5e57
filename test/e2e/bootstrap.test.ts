// scripts/bootstrap on machines that lack something: a PATH of its own with stand-ins, no network, nothing installed.
import { beforeEach, expect, test } from "bun:test";
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { privateServer } from "../helpers/server";

const server = await privateServer({ started: false });
const root = join(server.root, "a check out");
const path = join(server.root, "bin");
const BASICS = ["sh", "sed", "awk", "env", "find", "head", "cmp", "cp", "cat", "mkdir", "chmod"];

/** A checkout with everything in place, and a PATH with everything that bootstrap looks for. */
beforeEach(() => {
  rmSync(root, { recursive: true, force: true });
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path);
  for (const name of BASICS) symlinkSync(Bun.which(name)!, join(path, name));
  program("bin/git");
  program("bin/fzf");
  program("bin/tmux", "echo tmux 3.3a");
  program("bin/bun", "echo 1.4.5");
  program("bin/id", "echo 1000");
  for (const dir of ["scripts", "src", "node_modules"]) mkdirSync(join(root, dir), { recursive: true });
  for (const file of ["scripts/bootstrap", "scripts/build", "package.json", "bun.lock"]) copyFileSync(join(import.meta.dir, "../..", file), join(root, file));
  copyFileSync(join(root, "bun.lock"), join(root, "node_modules/.installed-lock"));
  program("a check out/bin/fleet");
});

function program(name: string, body = ":"): void {
  const file = join(server.root, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${body}\n`);
  chmodSync(file, 0o755);
}

function bootstrap(): { code: number; bun: string; said: string } {
  const script = `set -eu; root='${root}'; . "$root/scripts/bootstrap"; printf %s "$bun"`;
  const ran = Bun.spawnSync([join(path, "sh"), "-c", script], { env: { PATH: path, HOME: server.home }, stdin: "ignore" });
  return { code: ran.exitCode, bun: ran.stdout.toString(), said: ran.stderr.toString() };
}

const APT = "apt-get update -q && env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends";

test("with everything there it says nothing and takes the bun of PATH", () => {
  expect(bootstrap()).toEqual({ code: 0, bun: join(path, "bun"), said: "" });
});

test("without root and terminal it prints the exact command and stops", () => {
  rmSync(join(path, "tmux"));
  rmSync(join(path, "fzf"));
  program("bin/apt-get", `touch '${server.root}/installed'`);
  expect(bootstrap()).toEqual({ code: 1, bun: "", said: `✗ missing: tmux fzf\n↳ sudo sh -c '${APT} tmux fzf'\n` });
  expect(existsSync(join(server.root, "installed"))).toBe(false);
});

test("each package manager has its own command; without one it says so", () => {
  rmSync(join(path, "git"));
  expect(bootstrap().said).toContain("no package manager is known here: git");
  const commands = { dnf: "sudo sh -c 'dnf install -y git'", pacman: "sudo sh -c 'pacman -Sy --noconfirm --needed git'", apk: "sudo sh -c 'apk add git'", brew: "brew install git" };
  for (const [manager, command] of Object.entries(commands)) {
    program(`bin/${manager}`);
    expect(bootstrap()).toMatchObject({ code: 1, said: expect.stringContaining(`↳ ${command}\n`) });
    rmSync(join(path, manager));
  }
});

test("root installs only what is missing", () => {
  rmSync(join(path, "tmux"));
  program("bin/id", "echo 0");
  const tmux = `printf '#!/bin/sh\\necho tmux 3.4\\n' > '${path}/tmux'; chmod 755 '${path}/tmux'`;
  program("bin/apt-get", `echo "$*" >> '${server.root}/apt.log'; case $1 in install) ${tmux} ;; esac`);
  expect(bootstrap()).toMatchObject({ code: 0, said: "◎ installing: tmux\n" });
  expect(readFileSync(join(server.root, "apt.log"), "utf8")).toBe("update -q\ninstall -q -y --no-install-recommends tmux\n");
});

test("a tmux below the floor that the system can't replace is named", () => {
  program("bin/id", "echo 0");
  program("bin/apt-get");
  for (const version of ["tmux 3.1c", "tmux 2.9"]) {
    program("bin/tmux", `echo ${version}`);
    expect(bootstrap()).toMatchObject({ code: 1, said: expect.stringContaining(`tmux 3.2 or newer is needed; here is: ${version}`) });
  }
  for (const version of ["tmux 3.2", "tmux 3.10", "tmux next-3.8", "tmux master", "tmux openbsd-7.4"]) {
    program("bin/tmux", `echo ${version}`);
    expect(bootstrap().code).toBe(0);
  }
});

test("a bun that is too old or does not run is passed by for the one in .tools, also without npm's link", () => {
  for (const broken of ["echo 1.4.4", "exit 1"]) {
    program("bin/bun", broken);
    program("a check out/.tools/node_modules/@oven/bun-linux-x64-musl/bin/bun", "exit 127");
    program("a check out/.tools/node_modules/@oven/bun-linux-x64/bin/bun", "echo 1.4.5");
    expect(bootstrap()).toMatchObject({ code: 0, bun: join(root, ".tools/node_modules/@oven/bun-linux-x64/bin/bun") });
  }
});

test("npm gets the pinned bun with its cache in the checkout; without npm the command is told", () => {
  rmSync(join(path, "bun"));
  program("bin/apt-get");
  expect(bootstrap()).toMatchObject({ code: 1, said: expect.stringContaining(`${APT} npm`) });
  program("bin/npm", `echo "$npm_config_cache $*" > '${server.root}/npm.log'
    f='${root}/.tools/node_modules/bun/bin/bun.exe'; mkdir -p "\${f%/*}"; printf '#!/bin/sh\\necho 1.4.5\\n' > "$f"; chmod 755 "$f"`);
  expect(bootstrap()).toMatchObject({ code: 0, bun: join(root, ".tools/node_modules/bun/bin/bun.exe") });
  const log = readFileSync(join(server.root, "npm.log"), "utf8");
  expect(log).toStartWith(`${root}/.cache/npm install --prefix ${root}/.tools --no-save`);
  expect(log).toEndWith("bun@1.4.5\n");
});

test("it builds again only when a source is newer", () => {
  program("a check out/scripts/build", `echo built "$1" >&2`);
  // The copy of build itself is a source; the binary is made after it.
  program("a check out/bin/fleet");
  expect(bootstrap().said).toBe("");
  writeFileSync(join(root, "src/main.ts"), "");
  utimesSync(join(root, "src/main.ts"), 4_000_000_000, 4_000_000_000);
  expect(bootstrap().said).toBe(`◎ building bin/fleet\nbuilt ${join(path, "bun")}\n`);
});
