// The programs that fleet stands on: tmux, git, fzf.
import { gitVersion } from "../../ports/git/call";
import { shellWord } from "../../base/text";
import { ownBinary } from "../../ports/detached";
import { findProgram } from "../../ports/process";
import { clientVersion, isOlder, serverFacts, type ServerFacts } from "../../ports/tmux/version";
import { OLDEST } from "../../ui/picker/features";
import { findFzf, fzfPlaces, isTooOld } from "../../ui/picker/fzf";
import { type Check, type Finding, ok } from "./check";

const TMUX_LEAST = "3.2";
// rev-parse --path-format
const GIT_LEAST = "2.31";
// Under this nobody notices that Esc waits.
const ESCAPE_MS = 100;

export const tmuxCheck: Check = {
  title: "tmux",
  async run({ tmux }) {
    const client = await clientVersion(tmux);
    if (isOlder(client, TMUX_LEAST)) return [tooOld("the tmux on PATH", client)];
    const server = await serverFacts(tmux);
    if (!server) return [ok(`${client}; no server runs, the first agent starts one`)];
    return [versionFinding(client, server), ...optionFindings(server)];
  },
};

function tooOld(which: string, version: string): Finding {
  return { status: "fail", what: `${which} is too old: ${version}`, hint: `install tmux ${TMUX_LEAST} or newer` };
}

function versionFinding(client: string, server: ServerFacts): Finding {
  if (isOlder(server.version, TMUX_LEAST)) {
    return { ...tooOld("the running tmux server", server.version), hint: `tmux kill-server   (it ends every session; the tmux on PATH is ${client})` };
  }
  if (server.version === client) return ok(client);
  return { status: "info", what: `${client}; the running server is ${server.version}, until it is started again` };
}

/** Options that hurt. remain-on-exit crashes 3.3a and 3.4 when a dead program had asked for focus reports (tmux issue 3776). */
export function optionFindings({ version, escapeTime, remainOnExit }: ServerFacts): Finding[] {
  const findings: Finding[] = [];
  if (escapeTime >= ESCAPE_MS) {
    findings.push({ status: "info", what: `escape-time is ${escapeTime} ms: Esc lags in agents and popups`, hint: "in tmux.conf: set -s escape-time 10" });
  }
  if (remainOnExit !== "off" && remainOnExit !== "" && /^3\.(3|4)/.test(version)) {
    findings.push({ status: "warn", what: `remain-on-exit is ${remainOnExit}: tmux ${version} crashes with it when a program has died`, hint: "in tmux.conf: set -g remain-on-exit off" });
  }
  return findings;
}

export const gitCheck: Check = {
  title: "git",
  async run({ git }) {
    const version = await gitVersion(git);
    if (isOlder(version, GIT_LEAST)) return [{ status: "fail", what: `git is too old: ${version}`, hint: `install git ${GIT_LEAST} or newer` }];
    return [ok(version)];
  },
};

export const fzfCheck: Check = {
  title: "fzf",
  async run({ env, store }) {
    const binary = ownBinary() ?? process.execPath;
    const fzf = await findFzf(env, binary, store.path("cache", "fzf.json"));
    if (!fzf) {
      const [there] = fzfPlaces(binary, env);
      if (there) return [{ status: "warn", what: `fzf does not tell its version: ${there}`, hint: `${shellWord(there)} --version` }];
      return [{ status: "warn", what: "fzf is not installed: the list of agents is a plain one", hint: "install fzf with the system's package manager" }];
    }
    const version = fzf.version.join(".");
    if (isTooOld(fzf)) return [{ status: "warn", what: `fzf is old: ${version}: the list of agents is a plain one`, hint: `install fzf ${OLDEST.join(".")} or newer` }];
    return [ok(fzf.path === findProgram("fzf", env["PATH"]) ? version : `${version}, ${fzf.path}`)];
  },
};
