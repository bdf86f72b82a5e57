// Errors that carry facts. Only main.ts turns one into words and an exit code.

/** Exit codes of every command. */
export const EXIT = { done: 0, refused: 1, usage: 2, agentExited: 3, bug: 70, timedOut: 124, interrupted: 130 } as const;

/** What each of them means to a person. */
export const EXIT_MEANINGS: Record<keyof typeof EXIT, string> = {
  done: "done, or nothing to do",
  refused: "refused or failed",
  usage: "the command line was wrong",
  agentExited: "an agent ended before it got there (wait)",
  bug: "a bug in fleet",
  timedOut: "timed out (wait)",
  interrupted: "interrupted",
};

export interface ErrorParts {
  /** A complete sentence or a runnable command that leads on. */
  hint?: string | undefined;
  /** Raw output of a tool, shown in a gutter. */
  detail?: string | undefined;
}

/** Something a person can act on: what is wrong, the culprit after a colon, a hint, raw detail. */
export class UserError extends Error {
  readonly hint: string | undefined;
  readonly detail: string | undefined;
  readonly exitCode: number = EXIT.refused;
  constructor(message: string, parts: ErrorParts = {}) {
    super(message);
    this.name = "UserError";
    this.hint = parts.hint;
    this.detail = parts.detail;
  }
}

/** The command line itself was wrong; main adds the usage line. */
export class UsageError extends UserError {
  override readonly exitCode: number = EXIT.usage;
}

/** The person said no, or pressed Ctrl-C: nothing more is printed. */
export class Cancelled extends Error {
  readonly exitCode = EXIT.interrupted;
}

/** A program that ended badly, with all that is known of it. */
export class ProcessError extends Error {
  constructor(
    readonly argv: readonly string[],
    readonly code: number | null,
    readonly stdout: string,
    readonly stderr: string,
    readonly timedOut = false,
  ) {
    super(`${argv.slice(0, 3).join(" ")} ${timedOut ? "timed out" : `ended with ${code}`}`);
    this.name = "ProcessError";
  }
}
