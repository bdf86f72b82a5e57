// What create is told by a forge, by --issue or --pr: loaded only where one of them was given.
import { UsageError } from "../../base/errors";
import type { Repo } from "../../base/model";
import type { Git } from "../../ports/git/call";
import { numberOf } from "./name";
import type { Seed, Told } from "./seed";

interface Means {
  git: Git;
  env: Record<string, string | undefined>;
  out: Told;
}

interface Asked {
  /** The branch's name, where the person gave one. */
  branch: string | undefined;
  prompt: string | null;
  issue: string | undefined;
  pr: string | undefined;
  base: string | undefined;
  "dry-run": boolean;
}

/** Reads it, and tells what it is. Throws UserError. */
export async function seedOf({ git, env, out }: Means, repo: Repo, asked: Asked): Promise<Seed> {
  const { issue, pr, branch } = asked;
  if (issue !== undefined && pr !== undefined) throw new UsageError("give one of them: --issue or --pr");
  if (pr !== undefined && asked.base !== undefined) throw new UsageError("--base does not go with --pr: the request's target is the base");
  const ports = { git, env, out };
  return issue === undefined
    ? (await import("./take-up")).takeUpRequest(ports, repo, { ...numberOf(pr!, "pr"), branch, dryRun: asked["dry-run"] })
    : (await import("./start-issue")).startIssue(ports, repo, { ...numberOf(issue, "issue"), branch, prompt: asked.prompt });
}
