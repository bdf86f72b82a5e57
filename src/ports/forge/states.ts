// How a repository's pull or merge requests stand: all of them by one question, CI with them.
import { ask, type Forge, isRow, numberIn, type Row, rowsOf, text } from "./call";
import { stateOf } from "./requests";

export type Checks = "passed" | "failed" | "running" | "none";
export type Review = "approved" | "changes requested" | "required" | "none";

/** One request. null: the forge does not tell. */
export interface RequestRow {
  number: number;
  url: string;
  state: "open" | "closed" | "merged";
  draft: boolean;
  head: string;
  /** Its branch is in another repository. */
  fork: boolean;
  checks: Checks | null;
  /** Names of the checks that failed. */
  failing: string[];
  review: Review | null;
  /** It can't be merged without a person. */
  conflicts: boolean | null;
  /** Epoch milliseconds. */
  created: number;
}

export interface RequestRows {
  /** The newest first. */
  rows: RequestRow[];
  /** There are no more than these. */
  whole: boolean;
}

// What both give at once.
const MOST = 100;

/** Throws UserError with the program's own words. */
export async function listRequests(forge: Forge): Promise<RequestRows> {
  const rows = forge.program === "gh" ? await ofGitHub(forge) : await ofGitLab(forge);
  return { rows, whole: rows.length < MOST };
}

async function ofGitHub(forge: Forge): Promise<RequestRow[]> {
  const fields = "number,url,state,isDraft,headRefName,isCrossRepository,statusCheckRollup,reviewDecision,mergeable,createdAt";
  const rows = rowsOf(forge, await ask(forge, ["pr", "list", "--state", "all", "--limit", String(MOST), "--json", fields]));
  return rows.map((row) => {
    const state = stateOf(text(row["state"]));
    return {
      number: numberIn(forge, row), url: text(row["url"]), state, draft: row["isDraft"] === true, head: text(row["headRefName"]), fork: row["isCrossRepository"] === true,
      ...checksOf(row["statusCheckRollup"]),
      review: REVIEWS[text(row["reviewDecision"])] ?? null,
      conflicts: state !== "open" || text(row["mergeable"]) === "UNKNOWN" ? null : text(row["mergeable"]) === "CONFLICTING",
      created: Date.parse(text(row["createdAt"])),
    };
  });
}

const REVIEWS: Readonly<Record<string, Review>> = { APPROVED: "approved", CHANGES_REQUESTED: "changes requested", REVIEW_REQUIRED: "required", "": "none" };

/** As `gh pr checks` counts them: of several runs of one check the latest, and what was left out is no failure. */
export function checksOf(rollup: unknown): { checks: Checks; failing: string[] } {
  const latest = new Map<string, Row>();
  for (const check of Array.isArray(rollup) ? rollup.filter(isRow) : []) {
    const key = JSON.stringify([text(check["context"]), text(check["name"]), text(check["workflowName"])]);
    const before = latest.get(key);
    if (!before || text(before["startedAt"]) <= text(check["startedAt"])) latest.set(key, check);
  }
  const words = [...latest.values()].map((check) => ({
    name: text(check["context"]) || text(check["name"]),
    // A status has a state, a check run a status and in the end a conclusion.
    word: text(check["state"]) || (text(check["status"]) === "COMPLETED" ? text(check["conclusion"]) : "PENDING"),
  }));
  const failing = words.filter(({ word }) => FAILED.has(word)).map(({ name }) => name);
  const running = words.some(({ word }) => !FAILED.has(word) && !PASSED.has(word));
  return { checks: failing.length > 0 ? "failed" : running ? "running" : words.length > 0 ? "passed" : "none", failing };
}

const PASSED = new Set(["SUCCESS", "SKIPPED", "NEUTRAL"]);
const FAILED = new Set(["ERROR", "FAILURE", "CANCELLED", "TIMED_OUT", "ACTION_REQUIRED", "STARTUP_FAILURE"]);

async function ofGitLab(forge: Forge): Promise<RequestRow[]> {
  const list = (words: readonly string[]) => ask(forge, [...words, "--per-page", String(MOST), "--output", "json"]).then((output) => rowsOf(forge, output));
  // A list of merge requests does not tell of their pipelines. A project without CI, or an older glab, has no list of those.
  const [rows, pipelines] = await Promise.all([list(["mr", "list", "--all"]), list(["ci", "list"]).catch(() => null)]);
  return rows.map((row) => {
    const state = stateOf(text(row["state"]));
    const merge = text(row["detailed_merge_status"]);
    return {
      number: numberIn(forge, row), url: text(row["web_url"]), state, draft: row["draft"] === true, head: text(row["source_branch"]), fork: row["source_project_id"] !== row["target_project_id"],
      checks: pipelineOf(pipelines, text(row["sha"])), failing: [],
      review: merge === "requested_changes" ? "changes requested" : merge === "not_approved" ? "required" : null,
      conflicts: state === "open" && typeof row["has_conflicts"] === "boolean" ? row["has_conflicts"] : null,
      created: Date.parse(text(row["created_at"])),
    };
  });
}

/** The newest pipeline of a commit. */
function pipelineOf(pipelines: readonly Row[] | null, sha: string): Checks | null {
  if (pipelines === null || sha === "") return null;
  const newest = pipelines.filter((one) => one["sha"] === sha).sort((a, b) => Number(b["id"]) - Number(a["id"]))[0];
  if (!newest) return pipelines.length < MOST ? "none" : null;
  const status = text(newest["status"]);
  return status === "success" ? "passed" : status === "failed" || status === "canceled" ? "failed" : status === "skipped" ? "none" : "running";
}
