// Whether the reports of each installed program arrive: it is started in a throw-away home, on a tmux server of its own, with a prompt,
// and must be seen to begin its turn by the way on which fleet relies.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { UserError } from "../../base/errors";
import type { AgentRecord, Source } from "../../base/model";
import { oneLine, truncate } from "../../base/text";
import { KINDS } from "../../kinds/index";
import type { Kind } from "../../kinds/kind";
import { TRIAL_HOMES } from "../../kinds/trials/homes";
import { findProgram } from "../../ports/process";
import { withEnvironment } from "../../ports/processes";
import { openStore } from "../../ports/store";
import { openTmux, type Tmux } from "../../ports/tmux/call";
import { capturePane } from "../../ports/tmux/panes";
import { quietTrialServer } from "../../ports/tmux/server";
import { type FleetPane, listFleetPanes } from "../../ports/tmux/sessions";
import { endProcesses } from "../end-processes";
import { agentDirectory, launchSession, writeLaunchFiles } from "../launch";
import { lookCloser } from "../look-closer";
import { pathWithProgram } from "../programs";
import { keepNotices } from "../tick-due";
import { type Check, type DoctorPorts, type Finding } from "./check";

/** opencode takes seven seconds on a quiet machine. */
const LIMIT_MS = 45_000;
const EVERY_MS = 100;
const PROMPT = "Say hello.";
const DEMO_PROMPT = "work 60";

/** What a kind is known by, and the words for it. */
const WAYS: Readonly<Partial<Record<Source, string>>> = {
  hook: "its hooks report",
  title: "its title is followed",
  screen: "its screen is read (it reports nothing by itself)",
};

/** One row for each installed kind, or for `only`. Throws UserError for a kind that is none. */
export function reportsCheck(only: string, tell: (text: string) => void): Check {
  return {
    title: "reports",
    async run(ports) {
      const kinds = KINDS.filter((kind) => only === "" || kind.name === only);
      if (kinds.length === 0) throw new UserError(`no such built-in kind: ${only}`, { hint: `fleet doctor --reports=${KINDS[0]!.name}` });
      const findings: Finding[] = [];
      // One after the other: all of them at once take 3 GB.
      for (const kind of kinds) {
        const finding = await tryKind(ports, kind, tell, only !== "");
        if (finding) findings.push(finding);
      }
      return findings;
    },
  };
}

async function tryKind(ports: DoctorPorts, kind: Kind, tell: (text: string) => void, wanted: boolean): Promise<Finding | null> {
  const check = `reports ${kind.name}`;
  let path: string;
  try {
    path = await pathWithProgram(kind, ports.env, ports.store);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return wanted ? { check, status: "fail", what: error.message, hint: error.hint } : null;
  }
  tell(`starting ${kind.title}, at most ${LIMIT_MS / 1000} s`);
  return { check, ...(await startOnce(kind, path, ports.env)) };
}

/** Its own home, its own tmux server, and nothing left of either. */
async function startOnce(kind: Kind, path: string, env: DoctorPorts["env"]): Promise<Finding> {
  // Short, because a socket's path has at most 104 bytes on macOS; real, because the program is told to trust it.
  const root = mkdtempSync(join(realpathSync(tmpdir()), "fl-try-"));
  const [home, directory] = [join(root, "home"), join(root, "home", "work")];
  const trial = TRIAL_HOMES[kind.name]!(directory);
  mkdirSync(directory, { recursive: true });
  for (const [name, text] of Object.entries(trial.files)) {
    mkdirSync(dirname(join(home, name)), { recursive: true });
    writeFileSync(join(home, name), text);
  }
  const kept = Object.fromEntries(["LANG", "LC_ALL", "LC_CTYPE", "USER", "LOGNAME", "TMPDIR"].flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
  const tmux = openTmux({ ...kept, ...trial.env, HOME: home, PATH: path, TERM: "xterm-256color", SHELL: "/bin/sh", TMUX_TMPDIR: root });
  const store = openStore(join(home, ".ai_fleet"), () => {});
  const record = recordFor(kind, directory, path, tmux.socket);
  try {
    mkdirSync(agentDirectory(store, record.id), { recursive: true, mode: 0o700 });
    const launch = { record, kind, extra: [], prompt: kind.name === "demo" ? DEMO_PROMPT : PROMPT, setup: [], first: true, fleet: process.execPath, tmuxBinary: findProgram("tmux", path) ?? "tmux", size: { columns: 120, rows: 40 } };
    writeLaunchFiles(store, launch);
    // Nobody is to be told of it: its reports set off no tick.
    keepNotices(store.home, []);
    await launchSession(tmux, store, launch);
    return await seen(tmux, kind);
  } finally {
    const server = await quietTrialServer(tmux);
    // Whatever still runs there, as a tick of fleet's own, would make the directory anew.
    await endProcesses(server === null ? [] : [server], (table) => withEnvironment(table, `HOME=${home}`));
    rmSync(root, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

/** Until a turn is seen by the way that the kind is relied on; what stands there instead is told otherwise. */
async function seen(tmux: Tmux, kind: Kind): Promise<Finding> {
  const way: Source = kind.report ? "hook" : kind.titles ? "title" : "screen";
  const began = performance.now();
  let last: FleetPane | undefined;
  for (; performance.now() - began < LIMIT_MS; await Bun.sleep(EVERY_MS)) {
    const [pane] = (await listFleetPanes(tmux)) ?? [];
    if (!pane) break;
    last = pane;
    if (pane.options.status === "exited") break;
    if (way === "screen") await lookCloser(tmux, [pane], { now: Date.now() / 1000 });
    if (pane.options.source === way && hasBegun(kind, pane)) return { status: "ok", what: `${WAYS[way]}: a turn was seen after ${((performance.now() - began) / 1000).toFixed(1)} s` };
  }
  const screen = last ? await capturePane(tmux, last.pane).catch(() => "") : "";
  return missing(kind, last, screen.split("\n"), Math.round((performance.now() - began) / 1000));
}

/** A turn without a model may be over between two looks; what told of its prompt is still there then. */
export function hasBegun(kind: Kind, { options: { status, prompted, sent } }: Pick<FleetPane, "options">): boolean {
  return status === "working" || (status === "idle" && (kind.report ? sent !== "" : prompted === ""));
}

/** What stands there after `seconds` in place of a turn. Pure. */
export function missing(kind: Kind, pane: Pick<FleetPane, "title" | "options"> | undefined, screen: readonly string[], seconds: number): Finding {
  const hint = `${kind.install}   (the newest version)`;
  if (!pane) return { status: "fail", what: "its session ended at once", hint };
  if (pane.options.status === "exited") return { status: "fail", what: `it ended with ${oneLine(pane.options.exit)}: ${lastLines(screen)}`, hint };
  const told = pane.options.source === "wrapper" ? "nothing" : `${pane.options.status} (${pane.options.source})`;
  const reading = kind.readScreen?.(screen, pane.title);
  // Below what it says or asks stand its input box and footer.
  const shows = oneLine(reading?.ask?.text || reading?.said || "") || lastLines(screen) || "an empty screen";
  return { status: "fail", what: `no report of its turn within ${seconds} s; it told ${told}, and shows: ${truncate(shows, 160)}`, hint: `fleet doctor --reports=${kind.name}   (once more: a busy machine may be too slow)` };
}

function lastLines(screen: readonly string[]): string {
  return truncate(oneLine(screen.filter((line) => /[\p{L}\p{N}]/u.test(line)).slice(-3).join(" · ")), 160);
}

function recordFor(kind: Kind, directory: string, path: string, socket: string): AgentRecord {
  return {
    id: `try${process.pid.toString(36)}`, branch: "reports", branchCreated: false, kind: kind.name, batch: null, repo: directory, main: directory, worktree: directory,
    base: { branch: null, commit: "" }, title: "", session: "reports", socket, slot: 0, conversation: kind.picksConversation ? crypto.randomUUID() : null, args: [], path, created: "", placed: [],
  };
}
