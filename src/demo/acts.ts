// What the demo agent can do: one step of its script at a time, in its working directory only.
import { existsSync, mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { openGit } from "../ports/git/call";
import type { Step } from "./script";

export interface Tools {
  cwd: string;
  env: Record<string, string | undefined>;
  /** Aborted by an interrupt: a step ends at once. */
  signal: AbortSignal;
  say(line: string): void;
  /** Wait for a person; false is no. */
  ask(question: string): Promise<boolean>;
  /** Wait for a choice or a text of the person's own. */
  choose(question: string, choices: readonly string[]): Promise<string>;
  /** Paths written and not yet committed, relative to `cwd`. */
  written: string[];
  /** Child processes to end with the agent. */
  children: { kill(): void }[];
  ignoreHangup(): void;
}

/** How a step ended the turn, or the whole program. */
export class TurnFailed extends Error {}
export class Denied extends Error {}
export class ProgramEnds extends Error {
  constructor(readonly how: number | "crash") {
    super("the program ends");
  }
}
export class Interrupted extends Error {}

const THINK_SECONDS = 1.2;

/** Do one step. Throws TurnFailed, Denied, Interrupted or ProgramEnds. */
export async function perform(step: Step, tools: Tools): Promise<void> {
  switch (step.act) {
    case "work":
      return pause(step.seconds, tools.signal);
    case "burn":
      return burn(step.seconds, tools.signal);
    case "say":
      return tools.say(step.text);
    case "fail":
      throw new TurnFailed(step.text);
    case "write":
      return writeInside(tools, step.path, step.text);
    case "commit":
      return commit(tools, step.text);
    case "ask":
      if (!(await tools.ask(step.text))) throw new Denied(`denied: ${step.text}`);
      return;
    case "choose":
      return tools.say(`answer: ${await tools.choose(step.text, step.choices)}`);
    case "children":
      for (let i = 0; i < step.count; i++) {
        tools.children.push(Bun.spawn(["sleep", "1000000"], { env: tools.env, stdin: "ignore", stdout: "ignore", stderr: "ignore" }));
      }
      return tools.say(`started ${step.count} processes`);
    case "ignore-hup":
      tools.ignoreHangup();
      return tools.say("only SIGKILL ends this program now");
    case "exit":
      throw new ProgramEnds(step.code);
    case "crash":
      throw new ProgramEnds("crash");
    case "note":
      return note(tools, step.prompt);
  }
}

async function note(tools: Tools, prompt: string): Promise<void> {
  await pause(THINK_SECONDS, tools.signal);
  const path = freePath(tools.cwd, noteName(prompt));
  writeInside(tools, path, prompt);
  await commit(tools, `Add ${path}`);
}

/** The first words of a prompt as a file name without an extension. */
export function noteName(prompt: string): string {
  const words = prompt.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.slice(0, 5).join("-").slice(0, 40).replace(/-$/, "") || "note";
}

function freePath(cwd: string, name: string): string {
  for (let n = 1; ; n++) {
    const path = `demo/${name}${n === 1 ? "" : `-${n}`}.md`;
    if (!existsSync(join(cwd, path))) return path;
  }
}

function writeInside(tools: Tools, path: string, text: string): void {
  const file = resolve(tools.cwd, path);
  if (!isInside(tools.cwd, file)) throw new TurnFailed(`not in the working directory: ${path}`);
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text.endsWith("\n") ? text : `${text}\n`);
  } catch (error) {
    throw new TurnFailed((error as Error).message);
  }
  tools.written.push(relative(tools.cwd, file));
  tools.say(`wrote ${path}`);
}

/** Links are followed as far as the path exists. */
function isInside(cwd: string, file: string): boolean {
  let existing = file;
  while (!existsSync(existing)) existing = dirname(existing);
  return `${file}${sep}`.startsWith(`${resolve(cwd)}${sep}`) && `${realpathSync(existing)}${sep}`.startsWith(`${realpathSync(cwd)}${sep}`);
}

async function commit(tools: Tools, message: string): Promise<void> {
  const git = openGit(tools.env);
  if (tools.written.length === 0) throw new TurnFailed("nothing written to commit");
  if ((await git.try(tools.cwd, ["rev-parse", "--is-inside-work-tree"])).code !== 0) {
    tools.say("not a git repository: nothing committed");
    tools.written.length = 0;
    return;
  }
  const paths = ["--", ...tools.written];
  // An identity of its own only where git has none; nobody's config changes. It can't ask for a signing key's passphrase.
  const known = (await git.try(tools.cwd, ["var", "GIT_COMMITTER_IDENT"])).code === 0;
  const [name, email] = ["Demo agent", "demo@localhost"];
  const env: Record<string, string> = known ? {} : { GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email, GIT_COMMITTER_NAME: name, GIT_COMMITTER_EMAIL: email };
  for (const args of [["--literal-pathspecs", "add", ...paths], ["--literal-pathspecs", "commit", "--quiet", "--no-gpg-sign", `--message=${message}`, ...paths]]) {
    const ran = await git.try(tools.cwd, args, { env });
    if (ran.code !== 0) throw new TurnFailed(`git ${args[1]}: ${(ran.stderr || ran.stdout).trim()}`);
  }
  tools.written.length = 0;
  const head = (await git.call(tools.cwd, ["rev-parse", "--short", "HEAD"])).trim();
  tools.say(`committed ${head} ${message}`);
}

function pause(seconds: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve: done, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(done, seconds * 1000);
  const stop = () => {
    clearTimeout(timer);
    reject(new Interrupted());
  };
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  return promise.finally(() => signal.removeEventListener("abort", stop));
}

/** Keys are read between the slices. */
async function burn(seconds: number, signal: AbortSignal): Promise<void> {
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    if (signal.aborted) throw new Interrupted();
    const slice = Math.min(end, performance.now() + 40);
    while (performance.now() < slice);
    await Bun.sleep(1);
  }
}
