// What people type and forges tell, as numbers, branch names, addresses and prompts. Pure.
import { UsageError, UserError } from "../../base/errors";
import { oneLine } from "../../base/text";
import type { Issue } from "../../ports/forge/issues";
import type { RequestDetails } from "../../ports/forge/requests";
import { slugOf } from "../batch/names";
import { cleanPrompt } from "../prompt-text";
import { placeOfUrl, type RemotePlace } from "./plan";

export interface Numbered {
  number: number;
  /** The repository that an address names; null where it is a number alone. */
  of: RemotePlace | null;
}

/** `7`, `#7`, `!7`, or the address of a request or issue. Throws UsageError. */
export function numberOf(word: string, flag: string): Numbered {
  const digits = /^[#!]?(\d{1,9})$/.exec(word.trim())?.[1];
  const [, address, end] = digits ? [] : (/^(https?:\/\/.+?)\/(?:-\/)?(?:issues|pull|merge_requests)\/(\d{1,9})\/?(?:[?#].*)?$/.exec(word.trim()) ?? []);
  const [number, of] = [Number(digits ?? end), address === undefined ? null : placeOfUrl(address)];
  if (number > 0 && (digits !== undefined || of !== null)) return { number, of };
  throw new UsageError(`--${flag} takes a number or an address: ${oneLine(word)}`);
}

/** Those of `12,15,#20` or with blanks, each once. Throws UsageError. */
export function numbersOf(word: string, flag: string): Numbered[] {
  const found = word.split(/[\s,]+/).filter(Boolean).map((one) => numberOf(one, flag));
  return [...new Map(found.map((one) => [one.number, one])).values()];
}

/** Throws UserError where an address is of another repository than the one that is asked. */
export function refuseOther({ number, of }: Numbered, here: RemotePlace | null): void {
  const same = of === null || (here !== null && (of.host === here.host || !here.host.includes(".")) && of.path.toLowerCase() === here.path.toLowerCase());
  if (!same) throw new UserError(`#${number} is of another repository: ${oneLine(`${of!.host}/${of!.path}`)}`, { hint: "fleet -C CHECKOUT create …" });
}

/** `12-fix-login-form`; `issue-12` where nothing of the title can be a name. */
export function branchOfIssue({ number, title }: Pick<Issue, "number" | "title">): string {
  const slug = slugOf(title);
  return slug === "" ? `issue-${number}` : `${number}-${slug}`;
}

/** Title, address and body, then what the person adds: theirs is the last word. */
export function promptOfIssue({ number, title, url, body }: Issue, own: string | null): string {
  const plain = oneLine(title);
  // Programs take a first `-` for a flag, `/` for a command of their own, `!` for one of the shell: never from a stranger.
  const first = /^[\p{L}\p{N}]/u.test(plain) ? plain : `Issue #${number}: ${plain}`.replace(/: $/, "");
  const head = `${first}\n\n(issue #${number}: ${oneLine(url)})`;
  return [head, cleanPrompt(body), own ?? ""].filter((part) => part !== "").join("\n\n");
}

/** The request's branch by its own name; a fork's whose name is one that every repository has goes with its owner: `octocat/main`. */
export function branchOfRequest({ number, head, base, fork }: Pick<RequestDetails, "number" | "head" | "base" | "fork">, common: readonly (string | null)[]): string {
  if (fork === null || ![base, ...common].includes(head)) return head;
  return isAccount(fork.owner) ? `${fork.owner}/${head}` : `pr-${number}`;
}

/** Where new commits of a fork's branch go: a remote that a person has for it, else its address beside the target's. null: nowhere. */
export function pushPlaceOf(fork: NonNullable<RequestDetails["fork"]>, target: string, addresses: ReadonlyMap<string, string>): string | null {
  const { owner, name, takesPushes } = fork;
  if (!isAccount(owner) || !isAccount(name)) return null;
  const path = `${owner}/${name}`.toLowerCase();
  const known = [...addresses].find(([, url]) => (placeOfUrl(url)?.path ?? url.replace(/\/+$|\.git\/*$/g, "")).toLowerCase().split("/").slice(-2).join("/") === path);
  if (known) return known[0];
  return takesPushes ? siblingUrl(target, owner, name) : null;
}

/** The address of another repository on the same host, written as that of the first one is, but without a password: it is remembered. */
export function siblingUrl(url: string, owner: string, name: string): string | null {
  const [, host, git] = /^(.*[/:])[^/:]+\/[^/]+?(\.git)?\/*$/.exec(url.replace(/^(https?:\/\/)[^@/]*@/, "$1")) ?? [];
  return host === undefined ? null : `${host}${owner}/${name}${git ?? ""}`;
}

/** A word that can stand in an address without meaning anything else there. */
function isAccount(word: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(word);
}
