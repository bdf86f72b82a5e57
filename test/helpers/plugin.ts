// A copy of the plugin as TPM would have it, and terminals at its server.
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "bun:test";
import type { Server } from "./server";
import type { OpenTerminal, Terminal } from "./terminal";
import { until } from "./until";

export const ROOT = join(import.meta.dir, "../..");

export interface Plugin {
  readonly dir: string;
  /** Runs fleet.tmux as TPM and run-shell do, and expects silence and exit code 0. */
  run(env?: Record<string, string>): void;
  /** The `prefix …` and root keys that are fleet's, as "prefix A agents". */
  keys(): Promise<string[]>;
  option(name: string): Promise<string>;
}

/** A directory with what fleet.tmux needs of a checkout; without a binary. */
export function makePlugin(server: Server, name: string): Plugin {
  const dir = join(server.root, name);
  mkdirSync(join(dir, "scripts"), { recursive: true });
  for (const file of ["fleet.tmux", "package.json", "scripts/get", "scripts/install", "scripts/bootstrap"]) copyFileSync(join(ROOT, file), join(dir, file));
  for (const file of ["fleet.tmux", "scripts/get", "scripts/install"]) chmodSync(join(dir, file), 0o755);
  return pluginAt(server, dir);
}

export function pluginAt(server: Server, dir: string): Plugin {
  return {
    dir,
    run(env = {}) {
      const ran = Bun.spawnSync([join(dir, "fleet.tmux")], { env: { ...server.env, TMUX: `${server.socket},1,0`, PATH: "/usr/local/bin:/usr/bin:/bin", ...env }, cwd: server.root, stdin: "ignore" });
      expect([ran.exitCode, ran.stdout.toString(), ran.stderr.toString()]).toEqual([0, "", ""]);
    },
    keys: () => fleetKeys(server),
    option: (option) => server.tmux("show-option", "-gqv", option),
  };
}

export async function fleetKeys(server: Server): Promise<string[]> {
  const lines = (await server.tmux("list-keys")).split("\n");
  return lines.flatMap((line) => {
    const found = /-T (\S+) +(\S+) +run-shell -C "#\{E:@fleet-_(\w+)\}"$/.exec(line);
    return found ? [`${found[1]} ${found[2]} ${found[3]}`] : [];
  });
}

/** All that a plugin can have set: bound keys, global options, hooks and environment. */
export async function everythingSet(server: Server): Promise<string> {
  return [await server.tmux("list-keys"), await server.tmux("show-options", "-g"), await server.tmux("show-options", "-s"), await server.tmux("show-hooks", "-g"), await server.tmux("show-environment", "-g"), await server.tmux("show-environment", "-gh")].join("\n--\n");
}

/** The same but for the mark of which kept file was sourced last: another one once the keys are bound. */
export async function settingsOf(server: Server): Promise<string> {
  return (await everythingSet(server)).replace(/^@fleet-_mark .*\n/m, "");
}

/** A program that writes down its words, one line a call, and says of itself what `version` is. */
export function recorder(path: string, version: string, commands = ""): { path: string; calls(): string[] } {
  const file = `${path}.calls`;
  mkdirSync(dirname(path), { recursive: true });
  const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
  writeFileSync(path, `#!/bin/sh
case $1 in
  --version) echo ${quoted(version)}; exit ;;
  plugin) cat ${quoted(`${path}.conf`)}; exit ;;
esac
printf '%s|' "$@" >>${quoted(file)}; echo >>${quoted(file)}
case $1-$2 in popup-* | act-prompt) echo "the popup of $*"; read -r _ ;; esac
exit 0
`);
  chmodSync(path, 0o755);
  writeFileSync(`${path}.conf`, commands);
  return {
    path,
    calls: () => (readdirSync(dirname(path)).includes(file.slice(dirname(file).length + 1)) ? readFileSync(file, "utf8").trimEnd().split("\n") : []),
  };
}

export interface Attached extends Terminal {
  /** The client's name at the server. */
  readonly client: string;
}

/** A terminal attached to `session` of the server. */
export async function attach(server: Server, open: OpenTerminal, session = "main", size?: { columns: number; rows: number }): Promise<Attached> {
  const clients = async () => (await server.tmux("list-clients", "-F", "#{client_name}")).split("\n").filter(Boolean);
  const before = await clients();
  const terminal = await open(`exec tmux -u -S '${server.socket}' attach-session -t '=${session}'`, size);
  const client = await until(async () => (await clients()).find((name) => !before.includes(name)), { what: "the client attaches", show: terminal.screen });
  return { ...terminal, client };
}
