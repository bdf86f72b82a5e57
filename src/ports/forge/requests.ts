// Pull requests, which GitLab calls merge requests: read, opened, edited.
import { UserError } from "../../base/errors";
import { oneLine } from "../../base/text";
import { ask, type Forge, type ForgeProgram, numberIn, rowOf, rowsOf, text, textIn } from "./call";

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

/** A request as it is to be worked on. */
export interface RequestDetails {
  number: number;
  url: string;
  title: string;
  state: "open" | "closed" | "merged";
  /** Who opened it. */
  author: string;
  /** The branch that it is to go into. */
  base: string;
  /** Its branch, where that lies. */
  head: string;
  /** The fork that has the branch, `owner/name`; name "" where it is not told. null: the repository itself has it. */
  fork: { owner: string; name: string; takesPushes: boolean } | null;
}

const NOUNS = { gh: ["pull request", "#"], glab: ["merge request", "!"] } as const;

/** `pull request #7`, `merge request !7`. */
export function requestName(program: ForgeProgram, number: number): string {
  const [noun, mark] = NOUNS[program];
  return `${noun} ${mark}${number}`;
}

/** Throws UserError, with the program's own words where there are any. */
export async function readRequest(forge: Forge, number: number): Promise<RequestDetails> {
  const fields = "number,url,title,state,author,baseRefName,headRefName,isCrossRepository,headRepositoryOwner,headRepository,maintainerCanModify";
  const words = forge.program === "gh" ? ["pr", "view", String(number), "--json", fields] : ["mr", "view", String(number), "--output", "json"];
  const row = rowOf(forge, await ask(forge, words).catch((error: unknown) => Promise.reject(missing(forge, number, error))));
  if (forge.program === "gh") {
    return {
      number: numberIn(forge, row), url: text(row["url"]), title: text(row["title"]), state: stateOf(text(row["state"])), author: textIn(row["author"], "login"),
      base: text(row["baseRefName"]), head: text(row["headRefName"]),
      fork: row["isCrossRepository"] === true ? { owner: textIn(row["headRepositoryOwner"], "login"), name: textIn(row["headRepository"], "name"), takesPushes: row["maintainerCanModify"] === true } : null,
    };
  }
  return {
    number: numberIn(forge, row), url: text(row["web_url"]), title: text(row["title"]), state: stateOf(text(row["state"])), author: textIn(row["author"], "username"),
    base: text(row["target_branch"]), head: text(row["source_branch"]),
    // GitLab tells the number of the fork, not where it is.
    fork: row["source_project_id"] === row["target_project_id"] ? null : { owner: textIn(row["author"], "username"), name: "", takesPushes: false },
  };
}

function missing(forge: Forge, number: number, error: unknown): unknown {
  if (!(error instanceof UserError) || !/could not resolve to a pull ?request|404 (merge request )?not found/i.test(error.detail ?? "")) return error;
  const [noun, mark] = NOUNS[forge.program];
  return new UserError(`no such ${noun}: ${mark}${number}`, { detail: error.detail, hint: forge.program === "gh" ? "gh pr list" : "glab mr list" });
}

/** GitHub says MERGED, GitLab merged, opened, locked. */
export function stateOf(word: string): "open" | "closed" | "merged" {
  const lower = word.toLowerCase();
  return lower === "merged" || lower === "closed" ? lower : "open";
}

/** Open requests of branches with this name, those of forks too. Throws UserError with the program's own words. */
export async function openRequests(forge: Forge, head: string): Promise<PullRequest[]> {
  if (forge.program === "gh") {
    const fields = "number,url,title,body,isDraft,baseRefName,isCrossRepository,headRepositoryOwner";
    return rowsOf(forge, await ask(forge, ["pr", "list", "--head", head, "--state", "open", "--limit", "50", "--json", fields])).map((row) => ({
      number: numberIn(forge, row), url: text(row["url"]), title: text(row["title"]), body: text(row["body"]), draft: row["isDraft"] === true, base: text(row["baseRefName"]),
      owner: row["isCrossRepository"] === true ? textIn(row["headRepositoryOwner"], "login") : null,
    }));
  }
  return rowsOf(forge, await ask(forge, ["mr", "list", "--source-branch", head, "--per-page", "50", "--output", "json"])).map((row) => ({
    number: numberIn(forge, row), url: text(row["web_url"]), title: text(row["title"]), body: text(row["description"]), draft: row["draft"] === true, base: text(row["target_branch"]),
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
