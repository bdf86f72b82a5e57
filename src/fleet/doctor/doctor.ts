// The table of checks, run all at once; what can be put right is put right one after the other, in the table's order.
import { ProcessError, UserError } from "../../base/errors";
import { withLock } from "../../ports/lock";
import { loadSettings } from "../settings";
import type { Check, DoctorPorts, Finding, Health, ReadConfig } from "./check";
import { configCheck } from "./config";
import { kindsCheck } from "./kinds";
import { linksCheck } from "./links";
import { keysCheck } from "./keys";
import { leftoversCheck } from "./leftovers";
import { stateCheck } from "./state";
import { homeCheck, pathCheck, terminalCheck } from "./surroundings";
import { fzfCheck, gitCheck, tmuxCheck } from "./tools";
import { typedCheck } from "./typed";
import { unfinishedCheck } from "./unfinished";
import { worktreesCheck } from "./worktrees";

/** In the order shown. What an unfinished command left is finished before anything else is looked at as left over. */
const CHECKS: readonly Check[] = [
  tmuxCheck, keysCheck, gitCheck, fzfCheck, terminalCheck, pathCheck, homeCheck, configCheck, kindsCheck,
  unfinishedCheck, typedCheck, stateCheck, linksCheck, worktreesCheck, leftoversCheck,
];

/** One row of `fleet doctor --json`. An interface: fields are added, never renamed. */
export interface Row {
  check: string;
  status: Health;
  what: string;
  hint: string | null;
  /** `fleet doctor --fix` puts it right. */
  fixable: boolean;
  /** With --fix: it was put right, and how. */
  fixed: string | null;
  /** Files, refs and sessions that the row is about. */
  things: string[];
}

/** Look at everything, and at `more`; with `fix`, put right what can be, one doctor at a time. */
export async function examine(ports: Omit<DoctorPorts, "config"> & { userHome: string }, fix: boolean, more: readonly Check[] = []): Promise<Row[]> {
  let config: Promise<ReadConfig> | undefined;
  const whole: DoctorPorts = { ...ports, config: () => (config ??= readConfig(ports)) };
  const found = async () => (await Promise.all([...CHECKS, ...more].map((check) => findings(check, whole)))).flat();
  if (!fix) return (await found()).map((row) => row.row);
  return withLock(ports.store.path("locks", "doctor"), async () => {
    const all = await found();
    for (const { row, finding } of all) await putRight(row, finding);
    return all.map((one) => one.row);
  });
}

interface Found {
  row: Row;
  finding: Finding;
}

/** A check that fails is a row of its own: the others still say what they have to. */
async function findings(check: Check, ports: DoctorPorts): Promise<Found[]> {
  let list: Finding[];
  try {
    list = await check.run(ports);
  } catch (error) {
    list = [{ status: "fail", what: reason(error), hint: (error instanceof UserError && error.hint) || undefined }];
  }
  return list.map((finding) => ({ finding, row: rowOf(check, finding) }));
}

function rowOf(check: Check, finding: Finding): Row {
  const { status, what, hint, things = [] } = finding;
  return { check: finding.check ?? check.title, status, what, hint: hint ?? null, fixable: finding.fix !== undefined, fixed: null, things };
}

async function putRight(row: Row, finding: Finding): Promise<void> {
  if (!finding.fix) return;
  try {
    row.fixed = (await finding.fix()) ?? "gone by itself";
    row.status = "ok";
    row.hint = null;
  } catch (error) {
    row.status = "fail";
    row.what = `${row.what}; it could not be put right: ${reason(error)}`;
    row.hint = (error instanceof UserError && error.hint) || "fleet doctor --fix --verbose";
  }
}

function reason(error: unknown): string {
  if (error instanceof ProcessError) return `${error.message}: ${error.stderr.trim()}`;
  return (error as Error).message;
}

async function readConfig({ store, repo, userHome }: Pick<DoctorPorts, "store" | "repo"> & { userHome: string }): Promise<ReadConfig> {
  const warnings: string[] = [];
  try {
    const where = { home: store.home, main: repo?.main ?? null, common: repo?.common ?? null, userHome };
    return { settings: await loadSettings(where, (message) => void warnings.push(message)), problem: null, warnings };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { settings: null, problem: error, warnings };
  }
}
