// What fleet runs in: the terminal, PATH, its own directory.
import { accessSync, constants, existsSync, realpathSync, statfsSync } from "node:fs";
import { dirname } from "node:path";
import { findProgram } from "../../ports/process";
import { serverFacts } from "../../ports/tmux/version";
import { type Check, type Finding, ok } from "./check";

// Less than this is a disk about to be full: worktrees are whole checkouts.
const LITTLE_BYTES = 200 * 1024 * 1024;

export const terminalCheck: Check = {
  title: "terminal",
  run: async ({ env }) => terminalFindings(env),
};

export function terminalFindings(env: Record<string, string | undefined>): Finding[] {
  const term = env["TERM"] ?? "";
  const locale = env["LC_ALL"] || env["LC_CTYPE"] || env["LANG"] || "";
  const findings: Finding[] = [];
  if (term === "" || term === "dumb") findings.push({ status: "info", what: `no terminal: TERM is ${term || "not set"}` });
  if (!/utf-?8/i.test(locale)) findings.push({ status: "warn", what: `the locale is not UTF-8: ${locale || "not set"}`, hint: "export LANG=C.UTF-8   (or another that locale -a lists)" });
  const colours = /^(truecolor|24bit)$/.test(env["COLORTERM"] ?? "") ? "16 million colours" : /256|direct/.test(term) ? "256 colours" : "few colours";
  return findings.length ? findings : [ok(`${term}, UTF-8, ${colours}`)];
}

export const pathCheck: Check = {
  title: "PATH",
  async run({ env, tmux }) {
    const findings = [ownProgram(env["PATH"])];
    const server = await serverFacts(tmux).catch(() => null);
    const missing = ["fzf", "git"].filter((program) => server?.path != null && findProgram(program, env["PATH"]) && !findProgram(program, server.path));
    if (missing.length) {
      findings.push({
        status: "warn",
        what: `the tmux server's PATH lacks ${missing.join(" and ")}: key bindings and popups can't find ${missing.length > 1 ? "them" : "it"}`,
        hint: 'tmux set-environment -g PATH "$PATH"',
      });
    }
    return findings;
  },
};

function ownProgram(path: string | undefined): Finding {
  const found = findProgram("fleet", path);
  if (!found) return { status: "warn", what: `fleet is not on PATH: ${process.execPath}`, hint: "scripts/install   (in fleet's checkout)" };
  if (realpathSync(found) === realpathSync(process.execPath)) return ok(`fleet is ${found}`);
  return { status: "info", what: `another fleet is first on PATH: ${found}; this one is ${process.execPath}` };
}

export const homeCheck: Check = {
  title: "home",
  async run({ store }) {
    let place = store.home;
    while (!existsSync(place)) place = dirname(place);
    try {
      accessSync(place, constants.W_OK | constants.X_OK);
    } catch {
      return [{ status: "fail", what: `fleet can't write to its directory: ${store.home}`, hint: "export FLEET_HOME=…   (a directory of one's own)" }];
    }
    const { bavail, bsize } = statfsSync(place);
    if (bavail * bsize < LITTLE_BYTES) return [{ status: "warn", what: `the disk is nearly full: ${Math.floor((bavail * bsize) / 1024 / 1024)} MB left for ${store.home}`, hint: "df -h" }];
    return [ok(store.home)];
  },
};
