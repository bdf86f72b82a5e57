// Why a step failed, in words for the error that says what was done.
import { ProcessError, UserError } from "../../base/errors";

export function reasonOf(error: unknown): { message: string; detail?: string | undefined } {
  if (error instanceof UserError) return { message: error.message, detail: error.detail };
  if (error instanceof ProcessError) {
    const call = error.argv.filter((word) => !word.startsWith("-") && !word.includes("=") && !word.startsWith("/")).slice(0, 3).join(" ");
    return { message: `${call} ${error.timedOut ? "did not answer in time" : `failed (${error.code ?? "killed"})`}`, detail: error.stderr.trim() || undefined };
  }
  return { message: error instanceof Error ? error.message : String(error) };
}
