// Mistakes of config files as an error that a person can act on.
import { UserError } from "../base/errors";
import type { Problem } from "./validate-config";

/** "config.toml:12: worktree.copy: expected an array of strings, got the number 5" */
export function problemText({ file, line, key, message }: Problem): string {
  return `${file}${line === null ? "" : `:${line}`}: ${key ? `${key}: ` : ""}${message}`;
}

/** One mistake is the message; several are counted and listed. */
export function configError(problems: readonly Problem[], detail?: string): UserError {
  const own = problems.some((problem) => problem.file !== ".ai_fleet.toml");
  const hint = own ? "fleet config edit" : "correct .ai_fleet.toml in the main checkout, then: fleet config validate";
  const [only] = problems;
  if (only && problems.length === 1) return new UserError(problemText(only), { hint, detail });
  return new UserError(`${problems.length} mistakes in the configuration`, { hint, detail: problems.map(problemText).join("\n") });
}
