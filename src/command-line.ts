// One run of one command: find its row, parse, run, and say what went wrong.
import { existsSync } from "node:fs";
import { Cancelled, EXIT, ProcessError, UsageError, UserError } from "./base/errors";
import { firstLines, nearest } from "./base/text";
import { configMistake } from "./fleet/config-sound";
import { brokenOperations } from "./ports/journal";
import { type Command, type Context, openContext } from "./context";
import { allCommands, findCommand, STANDS_IN_REPO } from "./commands/index";
import type { Parsed } from "./ui/parse";

type Environment = Record<string, string | undefined>;

/** Words with which what is asked ahead would be asked in the wrong place, unseen, or for nothing. */
const ELSEWHERE = /^(-C|-v$|-h$|--directory|--verbose$|--help$)/;

/** Run one command line; returns the exit code. */
export async function runCommandLine(first: string | undefined, rest: readonly string[], env: Environment): Promise<number> {
  const { name, words } = commandWord(first, rest);
  let ctx = openContext(env, { verbose: false, commands: allCommands });
  if (name !== undefined && STANDS_IN_REPO.has(name) && !words.some((word) => ELSEWHERE.test(word))) void ctx.findRepo().catch(() => {});
  const row = name === undefined ? undefined : await findCommand(name);
  try {
    if (name === undefined && ctx.terminal.interactive && ctx.terminal.stdoutIsTerminal) return await agents(ctx, env);
    if (name === undefined || name === "help" || name === "--help" || name === "-h") return await help(ctx, words);
    if (!row) throw await unknownCommand(name);
    const { parseCommand } = await import("./ui/parse");
    const parsed = parseCommand(row, words);
    if (parsed.help) return await help(ctx, [row.name, ...(ownWords(words).includes("--json") ? ["--json"] : [])]);
    if (parsed.verbose || parsed.directory !== undefined) ctx = openContext(env, { verbose: parsed.verbose, directory: parsed.directory, commands: allCommands });
    const began = Date.now();
    const exitCode = await row.run(ctx, parsed.input).then((code) => code ?? EXIT.done, (error) => report(ctx, error, row, env));
    await afterwards(ctx, env, row, parsed.input, { began, words: [row.name, ...words], exitCode });
    return exitCode;
  } catch (error) {
    return report(ctx, error, row, env);
  }
}

/** What changed something is logged; and whoever changes or lists is told of what earlier commands left half done. */
async function afterwards(ctx: Context, env: Environment, row: Command, input: Parsed["input"], run: { began: number; words: string[]; exitCode: number }): Promise<void> {
  const flags: Record<string, unknown> = input.flags;
  const changes = flags["dry-run"] !== true && (row.changes?.(input) ?? row.group === "Work");
  if (changes) await (await import("./fleet/log-command")).logCommand(ctx, { ...run, ended: Date.now() });
  if (changes && existsSync(`${ctx.store.home}/batches`)) await (await import("./fleet/batch/shown")).showBatches(ctx.tmux, ctx.store);
  if (row.name !== "tick" && (existsSync(`${ctx.store.home}/queue.json`) || (changes && (await import("./fleet/tick-due")).isBudgetSet(ctx.store.home)))) (await import("./fleet/tick")).leaveTick(ctx.store.home, env);
  // What read the config without an error has found no mistake; what failed has said its own.
  if (run.exitCode === EXIT.done && (changes || row.name === "list")) {
    const mistake = await configMistake(ctx.store.home).catch(() => null);
    if (mistake !== null) ctx.out.warn(mistake, "fleet config edit");
  }
  if (flags["json"] === true || row.name === "doctor" || !(changes || row.name === "list")) return;
  const broken = brokenOperations(ctx.store.home);
  if (broken.length > 0) ctx.out.note((await import("./fleet/unfinished")).unfinishedLine(broken, ctx.store));
}

/** `fleet -C PATH list` and `fleet -v list` are `fleet list -C PATH` and `fleet list -v`. */
function commandWord(first: string | undefined, rest: readonly string[]): { name: string | undefined; words: string[] } {
  const words = first === undefined ? [] : [first, ...rest];
  const leading: string[] = [];
  while (words[0] === "-C" || words[0] === "--directory" || words[0] === "-v" || words[0] === "--verbose") {
    const flag = words.shift()!;
    leading.push(flag);
    if ((flag === "-C" || flag === "--directory") && words.length) leading.push(words.shift()!);
  }
  const name = words.shift();
  return { name, words: [...leading, ...words] };
}

/** Those that are not for the program that a command starts. */
function ownWords(words: readonly string[]): readonly string[] {
  return words.includes("--") ? words.slice(0, words.indexOf("--")) : words;
}

/** A bare `fleet` at a terminal: the list of agents, in a popup where tmux can show one. */
async function agents(ctx: Context, env: Environment): Promise<number> {
  const { openOnClient } = await import("./fleet/popup/bare");
  if (await openOnClient(ctx.tmux, env, process.execPath)) return EXIT.done;
  const row = (await findCommand("popup"))!;
  return (await row.run(ctx, { args: {}, flags: {}, rest: [] } as never)) ?? EXIT.done;
}

async function help(ctx: Context, words: readonly string[]): Promise<number> {
  const { overview, commandHelp } = await import("./reference/help");
  const name = words.find((word) => !word.startsWith("-"));
  if (name === "json" || words.includes("--json")) return jsonHelp(ctx, name);
  const row = name === undefined ? undefined : await findCommand(name);
  if (name !== undefined && !row) throw await unknownCommand(name);
  ctx.out.answer(row ? commandHelp(row) : overview(await allCommands()));
  return EXIT.done;
}

/** What --json prints: of one command, or where to read of each. */
async function jsonHelp(ctx: Context, name: string | undefined): Promise<number> {
  const { jsonOfCommand, jsonOverview } = await import("./reference/json/text");
  if (name === undefined || name === "json") return ctx.out.answer(jsonOverview(await allCommands())), EXIT.done;
  const row = await findCommand(name);
  if (!row) throw await unknownCommand(name);
  const text = jsonOfCommand(row);
  if (text === null) throw new UsageError(`this command prints no JSON: ${name}`, { hint: "fleet help json" });
  return ctx.out.answer(text), EXIT.done;
}

async function unknownCommand(name: string): Promise<UsageError> {
  const near = nearest(name, (await allCommands()).filter((command) => !command.internal).map((command) => command.name));
  return new UsageError(`no such command: ${name}`, { hint: near ? `fleet ${near}` : "fleet help" });
}

function report(ctx: Context, error: unknown, row: Command | undefined, env: Environment): number {
  if (error instanceof Cancelled) return error.exitCode;
  if (error instanceof UserError) {
    const usageHint = error instanceof UsageError && row ? `fleet ${row.name} --help` : undefined;
    ctx.out.error(error.message, error.hint ?? usageHint, error.detail);
    if (env["FLEET_DEBUG"]) ctx.out.note(error.stack ?? "");
    return error.exitCode;
  }
  const fault = systemFault(error);
  if (fault) {
    ctx.out.error(fault.message, fault.hint, fault.detail);
    if (env["FLEET_DEBUG"]) ctx.out.note((error as Error).stack ?? "");
    return EXIT.refused;
  }
  ctx.out.error(`a bug in fleet: ${(error as Error)?.message ?? error}`, "FLEET_DEBUG=1 shows the stack; please report it with the command", env["FLEET_DEBUG"] ? (error as Error)?.stack : undefined);
  return EXIT.bug;
}

/** `git worktree add` of `git -C /repo -c a=b worktree add --quiet …`. */
function toolCommand([program = "", ...words]: readonly string[]): string {
  const plain = words.filter((word, i) => !word.startsWith("-") && !(words[i - 1] === "-C" || words[i - 1] === "-c"));
  return [program, ...plain.slice(0, program === "git" && plain[0] === "worktree" ? 2 : 1)].join(" ");
}

/** Of a copy, these are about where it goes. */
const ROOM = new Set(["ENOSPC", "EDQUOT", "EROFS"]);

/** Failures of the machine, not of fleet: disks, permissions, tools. */
function systemFault(error: unknown): UserError | undefined {
  if (error instanceof ProcessError) {
    const what = error.timedOut ? "did not answer in time" : `failed (${error.code})`;
    return new UserError(`${toolCommand(error.argv)} ${what}`, { detail: firstLines(error.stderr.trim(), 20) || undefined, hint: "fleet doctor" });
  }
  const { code, path, dest } = (error ?? {}) as NodeJS.ErrnoException & { dest?: string };
  const words: Record<string, string> = {
    ENOSPC: "no space left on the disk",
    EDQUOT: "the disk quota is used up",
    EROFS: "the file system is read-only",
    EACCES: "permission denied",
    EPERM: "operation not permitted",
    EMFILE: "too many open files",
    ENAMETOOLONG: "the name is too long",
    ELOOP: "its symlinks lead in a circle",
    ENOTDIR: "a file is where a directory should be",
    EEXIST: "a file is where a directory should be",
    EISDIR: "a directory is where a file should be",
  };
  return code && words[code] ? new UserError(`${words[code]}: ${(ROOM.has(code) ? dest : undefined) ?? path ?? "unknown file"}`, { hint: "fleet doctor" }) : undefined;
}
