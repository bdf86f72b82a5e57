// Issues of a forge: what is asked for, in the words of whoever wrote it.
import { UserError } from "../../base/errors";
import { ask, type Forge, numberIn, rowOf, text, textIn } from "./call";

export interface Issue {
  number: number;
  url: string;
  title: string;
  body: string;
  closed: boolean;
  author: string;
}

/** Throws UserError, with the program's own words where there are any. */
export async function readIssue(forge: Forge, number: number): Promise<Issue> {
  const words = forge.program === "gh" ? ["issue", "view", String(number), "--json", "number,url,title,body,state,author"] : ["issue", "view", String(number), "--output", "json"];
  const row = rowOf(forge, await ask(forge, words).catch((error: unknown) => Promise.reject(missing(forge, number, error))));
  if (forge.program === "glab") {
    return { number: numberIn(forge, row), url: text(row["web_url"]), title: text(row["title"]), body: text(row["description"]), closed: text(row["state"]) === "closed", author: textIn(row["author"], "username") };
  }
  const url = text(row["url"]);
  // Both have numbers of one row, and `gh issue view` shows either.
  if (/\/pull\/\d+$/.test(url)) throw new UserError(`not an issue, but a pull request: #${number}`, { hint: `fleet create --pr ${number}` });
  return { number: numberIn(forge, row), url, title: text(row["title"]), body: text(row["body"]), closed: text(row["state"]) === "CLOSED", author: textIn(row["author"], "login") };
}

function missing({ program }: Forge, number: number, error: unknown): unknown {
  if (!(error instanceof UserError) || !/could not resolve to an issue|404 (issue )?not found/i.test(error.detail ?? "")) return error;
  return new UserError(`no such issue: #${number}`, { detail: error.detail, hint: `${program} issue list` });
}
