// From a record to a running session: the file that the pane runs, and the session made and tagged in one call.
import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { ProcessError, UserError } from "../base/errors";
import type { AgentVariable } from "../base/agent-environment";
import type { AgentRecord } from "../base/model";
import { oneLine, shellQuote } from "../base/text";
import type { Kind, LaunchFacts, Word } from "../kinds/kind";
import type { Store } from "../ports/store";
import { NoServer, type Tmux, type TmuxCommand } from "../ports/tmux/call";
import { tickLine, tickWhenDue } from "../ports/tmux/tick";
import { newSession, type NewSession, pathOption, type SessionOption } from "../ports/tmux/sessions";
import { titleHook } from "../ports/tmux/titles";
import { firstFree } from "./naming";
import type { Need } from "./needs";
import { tickFiles } from "./tick-due";
import wrapper from "./wrapper.sh" with { type: "text" };

/** Over this many bytes the argument says to read the file: the kernel takes 128 KiB an argument. */
const PROMPT_ARGUMENT_LIMIT = 100_000;

export interface Launch {
  record: AgentRecord;
  kind: Kind;
  /** Words of the config's flags and of `create … -- ARGS`. */
  extra: readonly string[];
  prompt: string | null;
  /** Shell lines run in the pane before the program. */
  setup: readonly string[];
  /** false: take up the conversation instead of starting it. */
  first: boolean;
  /** Words of the first start, where it is no plain one. */
  begin?: ((facts: LaunchFacts) => Word[]) | undefined;
  /** Absolute paths. */
  fleet: string;
  tmuxBinary: string;
  size: { columns: number; rows: number };
}

const MOST_NAMES = 200;

/** Where an agent's own files lie: run, prompt, setup.json, screen. */
export function agentDirectory(store: Store, id: string): string {
  return store.path("agents", id);
}

/**
 * A link to fleet's binary, by which the agent's hooks and its pane start it: where that has moved, `fleet doctor --fix`
 * has the link follow, and programs that run since before report again.
 */
export function fleetLink(directory: string): string {
  return `${directory}/fleet`;
}

/** At no moment there is none. */
export function linkFleet(directory: string, binary: string): void {
  const aside = `${fleetLink(directory)}.new`;
  rmSync(aside, { force: true });
  symlinkSync(binary, aside);
  renameSync(aside, fleetLink(directory));
}

/** Write the prompt and the script that the pane runs. Prompts are private: 0700 and 0600. */
export function writeLaunchFiles(store: Store, launch: Launch): void {
  const directory = agentDirectory(store, launch.record.id);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const write = (name: string, text: string) => writeFileSync(`${directory}/${name}`, text, { mode: 0o600 });
  if (launch.prompt !== null) write("prompt", launch.prompt);
  if (launch.setup.length) write("setup.json", JSON.stringify(launch.setup));
  if (!launch.first) write("started", "");
  for (const [name, text] of Object.entries(launch.kind.files?.(factsOf(launch, directory)) ?? {})) write(name, text);
  linkFleet(directory, launch.fleet);
  write("run", runFile(launch, directory));
  chmodSync(`${directory}/run`, 0o600);
}

/** The script of the pane: this agent's facts, quoted, then the text that all agents share. */
export function runFile(launch: Launch, directory: string): string {
  const { record, kind } = launch;
  const facts = factsOf(launch, directory);
  const prompt = promptWord(launch.prompt, directory);
  const set = (name: string, value: string) => `${name}=${shellQuote(value)}`;
  const environment = { ...kind.env, PATH: record.path };
  return [
    "#!/bin/sh",
    set("fleet_id", record.id),
    set("fleet_name", oneLine(record.branch)),
    set("fleet_kind", kind.name),
    set("fleet_dir", directory),
    set("fleet_bin", fleetLink(directory)),
    set("fleet_tmux", launch.tmuxBinary),
    set("fleet_setup", launch.setup.length ? "1" : ""),
    set("fleet_running", kind.reports || kind.readScreen ? "starting" : "unknown"),
    ...Object.entries(environment).map(([name, value]) => `export ${set(name, value)}`),
    prompt.read,
    `fleet_first() { ${commandLine(launch.begin?.(facts) ?? kind.launch(facts), prompt.word)}; }`,
    againFunction(launch, facts, prompt.word),
    wrapper,
  ].join("\n");
}

function factsOf({ record, extra, prompt, first }: Launch, directory: string): LaunchFacts {
  return { conversation: record.conversation, extra, fleet: fleetLink(directory), directory, worktree: record.worktree, prompted: first && Boolean(prompt) };
}

/** The program may have begun another conversation since (/clear): its hook keeps that one's id in a file, or it is looked up. */
function againFunction({ kind, record }: Launch, facts: LaunchFacts, prompt: string | null): string {
  const find = [facts.fleet, "find-conversation", kind.builtIn ?? kind.name, record.worktree, String(record.adopted ? 0 : Date.parse(record.created) || 0)];
  const found = kind.conversations ? `${find.map(shellQuote).join(" ")} 2>/dev/null || ` : "";
  const known = `$(${found}cat ${shellQuote(`${facts.directory}/conversation`)} 2>/dev/null || echo ${shellQuote(facts.conversation ?? "")})`;
  const words = (conversation: string | null) => commandLine(kind.resume({ ...facts, conversation, prompted: false }), prompt);
  return `fleet_again() { fleet_conversation=${known}; if [ -n "$fleet_conversation" ]; then ${words(CONVERSATION)}; else ${words(null)}; fi; }`;
}

/** Stands for the id that the script reads when it starts the program again; no word that a person gives holds it. */
const CONVERSATION = "\u0000conversation\u0000";

interface PromptText {
  /** A line of sh that reads the file, or nothing. */
  read: string;
  /** The prompt as sh text to stand inside a word; null drops the word. */
  word: string | null;
}

function promptWord(prompt: string | null, directory: string): PromptText {
  if (!prompt) return { read: "", word: null };
  const file = `${directory}/prompt`;
  if (Buffer.byteLength(prompt) > PROMPT_ARGUMENT_LIMIT) {
    return { read: "", word: shellQuote(`Read the file ${file} whole: it is your task, too long for a command line. Do what it says.`) };
  }
  return { read: `fleet_prompt=$(cat ${shellQuote(file)})`, word: '"$fleet_prompt"' };
}

function commandLine(words: readonly Word[], prompt: string | null): string {
  const quoted = words.flatMap((word) => {
    if (typeof word === "string") return [shellQuote(word).replaceAll(CONVERSATION, `'"$fleet_conversation"'`)];
    if (prompt === null) return [];
    return [`${word.before && shellQuote(word.before)}${prompt}${word.after && shellQuote(word.after)}`];
  });
  return quoted.join(" ");
}

/** By this a state.json that was broken or lost is rebuilt. */
export function writeRecord(store: Store, record: AgentRecord): void {
  writeFileSync(`${agentDirectory(store, record.id)}/record.json`, JSON.stringify(record), { mode: 0o600 });
}

/** Make the session. Its name gets -2, -3 … while taken. Returns tmux's ids. */
export async function launchSession(tmux: Tmux, store: Store, launch: Launch): Promise<{ session: string; pane: string; name: string }> {
  const { record } = launch;
  writeRecord(store, record);
  const refused = new Set<string>();
  for (;;) {
    const name = firstFree(record.session, (candidate) => refused.has(candidate));
    const made = await newSession(tmux, sessionSpec(store, launch, name));
    if (made) {
      await followTitles(tmux, made.pane, launch, store.home);
      return { ...made, name };
    }
    refused.add(name);
    if (refused.size > MOST_NAMES) throw new UserError(`tmux takes no session name for it: ${record.session}, and ${MOST_NAMES} more, are taken`, { hint: "tmux list-sessions" });
  }
}

/** The agent's session as tmux is asked for it. */
export function sessionSpec(store: Store, launch: Launch, name: string): NewSession {
  const { record } = launch;
  return {
    name,
    // A fixed name: every agent's command is `sh`, so automatic names would all be alike.
    window: launch.kind.name,
    cwd: record.worktree,
    width: launch.size.columns,
    height: launch.size.rows,
    // A server that was started without it hands none down: its reports, and fleet run by the agent, would look elsewhere.
    env: { ...agentEnvironment(record), FLEET_HOME: store.home },
    argv: ["sh", `${agentDirectory(store, record.id)}/run`],
    options: sessionOptions(launch),
    onClose: tickLine(launch.fleet, store.home),
  };
}

/** Titles of some programs tell their status: tmux follows them by itself from here on. */
export async function followTitles(tmux: Tmux, pane: string, launch: Launch, home: string): Promise<void> {
  const commands = titleCommands(pane, launch, home);
  if (commands.length === 0) return;
  try {
    await tmux.call(commands);
  } catch (error) {
    // Without it, a look at the list reads the title.
    if (!(error instanceof ProcessError) && !(error instanceof NoServer)) throw error;
  }
}

/** None where its titles tell nothing. */
export function titleCommands(pane: string, { kind, record, prompt, first, fleet }: Pick<Launch, "kind" | "record" | "prompt" | "first" | "fleet">, home: string): TmuxCommand[] {
  return kind.titles ? titleHook({ pane, agent: record.id, titles: kind.titles, prompted: first && Boolean(prompt), then: titleTicks(fleet, home) }) : [];
}

/** What tmux runs after a title. That does not tell a turn that failed from one that is done. */
export function titleTicks(fleet: string, home: string): { waiting: string; idle: string } {
  const due = (...needs: Need[]) => tickWhenDue(fleet, home, tickFiles(home), needs);
  return { waiting: due("permission", "question"), idle: due("error", "done") };
}

/** What an agent, and every pane of its session, is told about itself. */
export function agentEnvironment(record: AgentRecord): Record<AgentVariable, string> {
  return {
    FLEET_ID: record.id,
    FLEET_BRANCH: record.branch,
    FLEET_KIND: record.kind,
    FLEET_BATCH: record.batch ?? "",
    FLEET_BASE: record.base.branch ?? record.base.commit,
    FLEET_WORKTREE: record.worktree,
    FLEET_MAIN: record.main,
    FLEET_SLOT: String(record.slot),
  };
}

/** What the session of a new agent says of it. */
export function sessionOptions({ record, setup, kind, first, prompt }: Launch): Partial<Record<SessionOption, string>> {
  return {
    ...stateOptions(record),
    step: setup.length ? "setup" : "",
    status: "starting",
    like: kind.builtIn ?? "",
    source: "wrapper",
    prompted: first && prompt ? "1" : "",
  };
}

/** What of it the record alone says. */
export function stateOptions(record: AgentRecord): Partial<Record<SessionOption, string>> {
  return {
    id: record.id,
    since: String(Math.floor(Date.now() / 1000)),
    branch: record.branch,
    kind: record.kind,
    batch: record.batch ?? "",
    repo: pathOption(record.repo),
    worktree: pathOption(record.worktree),
    base: record.base.branch ?? record.base.commit,
    adopted: record.adopted ? "worktree" : "",
  };
}
