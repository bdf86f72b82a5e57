// GitHub and GitLab through their own programs, gh and glab: pull requests, which GitLab calls merge requests.
import { UserError } from "../base/errors";
import { oneLine } from "../base/text";
import { withoutRepository } from "./git/call";
import { type ProgramResult, runProgram } from "./process";

export type ForgeProgram = "gh" | "glab";

/** A repository on a forge, as one of the programs is asked about it. */
export interface Forge {
  program: ForgeProgram;
  /** What --repo is given; null: the program finds it by the remotes. */
  repo: string | null;
  /** A checkout of it. */
  cwd: string;
  env: Record<string, string | undefined>;
}

export interface PullRequest {
  number: number;
  url: string;
  title: string;
  body: string;
  draft: boolean;
  /** The branch that it is to go into. */
  base: string;
  /** Who has its branch; null: the repository itself. */
  owner: string | null;
}

export interface NewRequest {
  head: string;
  /** Whose fork has the branch; null: the repository itself has it. */
  owner: string | null;
  base: string;
  title: string;
  body: string;
  draft: boolean;
}

/** Open requests of branches with this name, those of forks too. Throws UserError with the program's own words. */
export async function openRequests(forge: Forge, head: string): Promise<PullRequest[]> {
  if (forge.program === "gh") {
    const fields = "number,url,title,body,isDraft,baseRefName,isCrossRepository,headRepositoryOwner";
    return rows(forge, await ask(forge, ["pr", "list", "--head", head, "--state", "open", "--limit", "50", "--json", fields])).map((row) => ({
      number: Number(row["number"]), url: text(row["url"]), title: text(row["title"]), body: text(row["body"]), draft: row["isDraft"] === true, base: text(row["baseRefName"]),
      owner: row["isCrossRepository"] === true ? text((row["headRepositoryOwner"] as { login?: unknown } | null)?.login) : null,
    }));
  }
  return rows(forge, await ask(forge, ["mr", "list", "--source-branch", head, "--per-page", "50", "--output", "json"])).map((row) => ({
    number: Number(row["iid"]), url: text(row["web_url"]), title: text(row["title"]), body: text(row["description"]), draft: row["draft"] === true, base: text(row["target_branch"]),
    // GitLab tells the number of the fork, not whose it is.
    owner: row["source_project_id"] === row["target_project_id"] ? null : String(row["source_project_id"]),
  }));
}

/** Returns its address. Throws UserError with the program's own words. */
export async function openRequest(forge: Forge, { head, owner, base, title, body, draft }: NewRequest): Promise<string> {
  const drafted = draft ? ["--draft"] : [];
  const said =
    forge.program === "gh"
      ? await ask(forge, ["pr", "create", "--head", owner === null ? head : `${owner}:${head}`, "--base", base, "--title", title, "--body-file", "-", ...drafted], body)
      : await ask(forge, ["mr", "create", "--source-branch", head, "--target-branch", base, "--title", title, "--description", described(body), "--yes", ...drafted]);
  const url = said.match(/https?:\/\/\S+/g)?.at(-1);
  if (url === undefined) throw new UserError(`${forge.program} did not say where the request is`, { detail: said.trim(), hint: "look at the forge whether it is there, then run it again" });
  return oneLine(url);
}

/** Throws UserError with the program's own words. */
export async function editRequest(forge: Forge, number: number, { title, body }: { title: string; body: string }): Promise<void> {
  if (forge.program === "gh") await ask(forge, ["pr", "edit", String(number), "--title", title, "--body-file", "-"], body);
  else await ask(forge, ["mr", "update", String(number), "--title", title, "--description", described(body)]);
}

/** Make an open request a draft again. Throws UserError with the program's own words. */
export async function makeDraft(forge: Forge, number: number): Promise<void> {
  await ask(forge, forge.program === "gh" ? ["pr", "ready", String(number), "--undo"] : ["mr", "update", String(number), "--draft"]);
}

/** glab takes "-" alone for a wish to open an editor. */
function described(body: string): string {
  return `${body.trimEnd()}\n`;
}

async function ask(forge: Forge, words: readonly string[], input?: string): Promise<string> {
  const argv: [string, ...string[]] = [forge.program, ...words, ...(forge.repo === null ? [] : ["--repo", forge.repo])];
  const env = {
    ...withoutRepository(forge.env),
    // Nobody is there to answer, and what is read must be plain.
    GH_PROMPT_DISABLED: "1", GH_NO_UPDATE_NOTIFIER: "1", GH_FORCE_TTY: undefined, NO_PROMPT: "1", GLAB_CHECK_UPDATE: "false", NO_COLOR: "1", CLICOLOR_FORCE: undefined,
  };
  const ran = await runProgram(argv, { cwd: forge.cwd, env, io: "split", ...(input === undefined ? {} : { input }) });
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

function rows(forge: Forge, output: string): Record<string, unknown>[] {
  try {
    const parsed = JSON.parse(output.trim() || "[]") as unknown;
    if (Array.isArray(parsed)) return parsed as Record<string, unknown>[];
  } catch {
    // Told below, with what it said.
  }
  throw new UserError(`${forge.program} gave no list of requests`, { detail: output.slice(0, 2000), hint: `${forge.program} --version   (a newer one may know --json)` });
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
