// GitHub and GitLab through their own programs, gh and glab: the one place that runs them.
import { UserError } from "../../base/errors";
import { withoutRepository } from "../git/call";
import { type ProgramResult, runProgram } from "../process";

export type ForgeProgram = "gh" | "glab";

/** A repository on a forge, as one of the programs is asked about it. */
export interface Forge {
  program: ForgeProgram;
  /** What --repo is given; null: the program finds it by the remotes. */
  repo: string | null;
  /** A checkout of it. */
  cwd: string;
  env: Record<string, string | undefined>;
  /** Milliseconds that an answer may take; a minute where nothing is said. */
  timeout?: number;
}

// Nothing is asked of a person, so longer is a network that hangs.
const ANSWER_MS = 60_000;

/** What the program printed. Throws UserError with its own words, and how to log in where that is missing. */
export async function ask(forge: Forge, words: readonly string[], input?: string): Promise<string> {
  const argv: [string, ...string[]] = [forge.program, ...words, ...(forge.repo === null ? [] : ["--repo", forge.repo])];
  const env = {
    ...withoutRepository(forge.env),
    // Nobody is there to answer, and what is read must be plain.
    GH_PROMPT_DISABLED: "1", GH_NO_UPDATE_NOTIFIER: "1", GH_FORCE_TTY: undefined, NO_PROMPT: "1", GLAB_CHECK_UPDATE: "false", NO_COLOR: "1", CLICOLOR_FORCE: undefined,
  };
  const timeout = forge.timeout ?? ANSWER_MS;
  const ran = await runProgram(argv, { cwd: forge.cwd, env, io: "split", timeout, ...(input === undefined ? {} : { input }) });
  if (ran.timedOut) throw new UserError(`${forge.program} did not answer within ${timeout / 1000} s`, { hint: `${forge.program} auth status` });
  if (ran.code === 0) return ran.output;
  throw refusal(forge.program, words, ran);
}

function refusal(program: ForgeProgram, words: readonly string[], ran: ProgramResult): UserError {
  const login = /auth login|not logged in|authenticat|401/i.test(ran.errors);
  return new UserError(`${program} refused: ${program} ${words.slice(0, 2).join(" ")}`, {
    detail: (ran.errors.trim() || ran.output.trim()) || (ran.signal === null ? `it ended with ${ran.code}` : `it was ended by ${ran.signal}`),
    hint: login ? `${program} auth login` : `${program} auth status`,
  });
}

export type Row = Record<string, unknown>;

/** A list that the program printed as JSON. Throws UserError. */
export function rowsOf({ program }: Forge, output: string): Row[] {
  const parsed = parse(output.trim() || "[]");
  if (Array.isArray(parsed) && parsed.every(isRow)) return parsed;
  throw new UserError(`${program} gave no list`, { detail: output.slice(0, 2000), hint: `${program} --version   (a newer one may know --json)` });
}

/** One object that the program printed as JSON. Throws UserError. */
export function rowOf({ program }: Forge, output: string): Row {
  const parsed = parse(output);
  if (isRow(parsed)) return parsed;
  throw new UserError(`${program} gave no JSON`, { detail: output.slice(0, 2000), hint: `${program} --version   (a newer one may know --json)` });
}

/** Whether a part of what was printed has fields. */
export function isRow(value: unknown): value is Row {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The number that a request or an issue goes by. Throws UserError. */
export function numberIn({ program }: Forge, row: Row): number {
  const number = row[program === "gh" ? "number" : "iid"];
  if (typeof number === "number" && Number.isSafeInteger(number) && number > 0) return number;
  throw new UserError(`${program} gave no number`, { detail: JSON.stringify(row).slice(0, 2000), hint: `${program} --version   (a newer one may know --json)` });
}

function parse(output: string): unknown {
  try {
    return JSON.parse(output) as unknown;
  } catch {
    return undefined;
  }
}

/** Text of a field, "" where there is none. */
export function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** The text of a field of an object that may not be there: `author.login`. */
export function textIn(value: unknown, field: string): string {
  return isRow(value) ? text(value[field]) : "";
}
