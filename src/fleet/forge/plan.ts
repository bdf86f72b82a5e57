// What a pull request of an agent is to be, decided before anything is pushed. Pure.
import { UserError } from "../../base/errors";
import type { Agent } from "../../base/model";
import { oneLine, shellWord, stripControl } from "../../base/text";
import type { ForgeProgram } from "../../ports/forge/call";
import type { PullRequest } from "../../ports/forge/requests";
import type { CommitText } from "../../ports/git/push";

// GitHub takes titles of 256 characters and bodies of 65,536.
const LONGEST_TITLE = 200;
const LONGEST_BODY = 60_000;

/** Where a remote lies: `github.com`, `acme/tool`. */
export interface RemotePlace {
  host: string;
  path: string;
}

/** https://, ssh:// and git@host:path; null for a path of this machine. */
export function placeOfUrl(url: string): RemotePlace | null {
  const full = /^(?:https?|ssh|git|git\+ssh):\/\/(?:[^@/]*@)?([^/:]+)(?::\d+)?\/(.+)$/.exec(url);
  const short = full ? null : /^(?:[^@/:]+@)?([^/:]+):(?!\/\/)(.+)$/.exec(url);
  const [, host, path] = full ?? short ?? [];
  if (!host || !path) return null;
  return { host: host.toLowerCase(), path: path.replace(/^\/+|\/+$/g, "").replace(/\.git$/, "") };
}

/** The program for a host; for one that says nothing, whichever is there. Throws UserError with how to install what is missing. */
export function chooseProgram(host: string | null, installed: readonly ForgeProgram[]): ForgeProgram {
  const wanted = host === null ? null : /(^|[.-])github([.-]|$)/.test(host) ? "gh" : /(^|[.-])gitlab([.-]|$)/.test(host) ? "glab" : null;
  const chosen = wanted ?? (["gh", "glab"] as const).find((program) => installed.includes(program));
  if (chosen !== undefined && installed.includes(chosen)) return chosen;
  if (wanted === "gh") throw new UserError("gh is not on PATH, which opens pull requests on GitHub", { hint: "install it from https://cli.github.com, then: gh auth login" });
  if (wanted === "glab") throw new UserError("glab is not on PATH, which opens merge requests on GitLab", { hint: "install it from https://gitlab.com/gitlab-org/cli, then: glab auth login" });
  throw new UserError("neither gh nor glab is on PATH, which open requests on GitHub and GitLab", { hint: "install one of them: https://cli.github.com   ·   https://gitlab.com/gitlab-org/cli" });
}

/** What --repo is given. An ssh alias (no dot) means nothing to the programs: they ask ssh about the remotes themselves. */
export function repoWord(program: ForgeProgram, place: RemotePlace | null): string | null {
  if (place === null || !place.host.includes(".")) return null;
  return program === "gh" ? `${place.host}/${place.path}` : `https://${place.host}/${place.path}`;
}

/** The branch's name on the remote: `origin/main` is its `main`. */
export function nameOnRemote(branch: string, remotes: readonly string[]): string {
  const remote = remotes.find((name) => branch.startsWith(`${name}/`));
  return remote === undefined ? branch : branch.slice(remote.length + 1);
}

/** The title is the prompt's first line, or the last commit's; the body is the commits, and the issue that they close. */
export function requestText(prompt: string, commits: readonly CommitText[], issue: number | null = null): { title: string; body: string } {
  const { title, body } = textOfCommits(prompt, commits);
  return { title, body: issue === null ? body : `${body}\n\nCloses #${issue}`.trim() };
}

function textOfCommits(prompt: string, commits: readonly CommitText[]): { title: string; body: string } {
  const first = prompt.split("\n").map(oneLine).find((line) => line !== "");
  const title = cut(first ?? oneLine(commits.at(-1)?.subject ?? ""), LONGEST_TITLE);
  const only = commits.length === 1 ? commits[0]! : null;
  if (only && oneLine(only.subject) === title) return { title, body: cut(stripControl(only.body).trim(), LONGEST_BODY) };
  const items = commits.map(({ subject, body }) => {
    const more = stripControl(body).trim();
    return `* ${oneLine(subject)}${more === "" ? "" : `\n\n${more.replace(/^(?=.)/gm, "  ")}\n`}`;
  });
  return { title, body: cut(items.join("\n").trim(), LONGEST_BODY) };
}

/** The other way round for what a person has edited. Throws UserError where nothing is left. */
export function editedText(text: string): { title: string; body: string } {
  const lines = stripControl(text).split("\n");
  const at = lines.findIndex((line) => line.trim() !== "");
  if (at < 0) throw new UserError("the text is empty, so nothing is opened or changed", { hint: "its first line is the title" });
  return { title: oneLine(lines[at]!), body: lines.slice(at + 1).join("\n").trim() };
}

/** The number at the end of a request's address. */
export function numberInUrl(url: string): number | null {
  const number = /\/(\d{1,9})\/?$/.exec(url)?.[1];
  return number === undefined ? null : Number(number);
}

/** The open request of this very branch: not one of a fork with a branch of the same name. */
export function requestOf(requests: readonly PullRequest[], owner: string | null, base: string): PullRequest | null {
  const own = requests.filter((request) => (request.owner === null ? owner === null : owner !== null && request.owner.toLowerCase() === owner.toLowerCase()));
  return own.find((request) => request.base === base) ?? own[0] ?? null;
}

/** Throws UserError. */
export function refuseUnsent(agent: Agent, dirty: number, commits: number, base: string): void {
  const name = oneLine(agent.branch);
  const word = shellWord(agent.branch);
  if (dirty > 0) {
    throw new UserError(`${name} has uncommitted work: ${dirty} ${dirty === 1 ? "path" : "paths"}`, { hint: `fleet diff ${word}   ·   fleet prompt ${word} 'commit your work'` });
  }
  if (commits === 0) throw new UserError(`${name} has no commits that ${oneLine(base)} lacks`, { hint: `fleet diff ${word}` });
}

function cut(text: string, length: number): string {
  const characters = [...text];
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join("")}…`;
}
