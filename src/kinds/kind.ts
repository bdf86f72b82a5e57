// What fleet knows of one agent program. A kind is one file that fills in this shape; index.ts is the table.
import type { Status } from "../base/model";
import type { Transcript } from "./transcripts/transcript";

/** A word of a command line; `{ before, after }` has the prompt between, and is dropped where there is no prompt. */
export type Word = string | { readonly before: string; readonly after: string };

/** The prompt as a word of its own. */
export const PROMPT: Word = { before: "", after: "" };

export interface LaunchFacts {
  /** The conversation id that fleet chose or learnt; null when there is none. */
  conversation: string | null;
  /** Flags from the config, then arguments of this agent. */
  extra: readonly string[];
  /** Absolute path by which fleet is started, for kinds that report through `fleet hook`. */
  fleet: string;
  /** The agent's own directory, absolute: where `files` lie. */
  directory: string;
  /** Where the program starts, absolute. */
  worktree: string;
  /** The first start takes a prompt along. */
  prompted: boolean;
}

/** Another agent of the same program, whose conversation a new one begins with. */
export interface Forked {
  /** Its conversation's id, where it is known. */
  conversation: string | null;
  /** The newest of its transcripts, absolute; null where there is none. */
  file: string | null;
  /** The agent's own directory. */
  directory: string;
}

/** What a report of the program says about its agent. */
export interface Report {
  status?: Status;
  /** Why it waits or failed; null clears. */
  reason?: string | null;
  /** What it is at, or its last words. */
  doing?: string;
  /** What it asks, with the status `waiting`; any other status clears it. */
  ask?: Ask;
  /** The program chose or changed its conversation id. */
  conversation?: string;
  /** Names the question that `ask` is, so that its end can be told from the end of another. */
  asks?: string;
  /** The report counts only while the agent waits for the answer to this question. */
  answered?: string;
}

/** What a program asks a person, as its report or its screen has it. */
export interface Ask {
  what: "permission" | "question" | "trust" | "login";
  /** The command, or the question. */
  text: string;
  /** Not all of it is in `text`: the program shows a part of it. */
  cut?: true;
  /** The choices in the order shown, without their numbers; empty for free text. */
  choices: readonly string[];
  /** What stands in the text field that belongs to it, not yet sent: "" in one that is open and empty, absent where none is open. */
  field?: string;
  /** Which choice the cursor stands on, from 0, where the screen tells. */
  selected?: number;
}

/** What the screen says, read in its positions and not by words anywhere. */
export interface ScreenReading {
  status: Status;
  ask?: Ask;
  /** Why it failed or waits, in a word: "error", "login", "rate limit", which may tell when it ends. */
  reason?: string;
  /** Text that stands in the input box, not yet sent. */
  draft?: string;
  /** Its last words, where they stand right above the input box. */
  said?: string;
}

/** What pane titles say, as extended regular expressions that tmux and JavaScript read alike. */
export interface Titles {
  waiting: string;
  working: string;
  idle: string;
}

/** What a program notes about itself in a file, while it runs. */
export interface Note {
  pid: number;
  /** The process's start time as the system counts it; null where the program does not say. */
  start: string | null;
  cwd: string;
  /** The tmux pane, `%3`; null where it does not say. */
  pane: string | null;
  status: Status;
  /** What it waits for, in the program's words. */
  waitsFor: string | null;
  /** Milliseconds since the epoch of its last change of status. */
  at: number;
  conversation: string;
}

export type Answer = { is: "yes" } | { is: "always" } | { is: "no" } | { is: "choice"; n: number } | { is: "text"; text: string };

export interface Kind {
  readonly name: string;
  /** The program's own name, as its makers write it. */
  readonly title: string;
  /** The executable looked for on PATH; a custom kind's first word. */
  readonly program: string;
  /** Where the executable does other things too: the word behind it with which it is this program. */
  readonly subcommand?: string;
  /** One runnable line that installs it. */
  readonly install: string;
  /** fleet picks a UUID for a new conversation and hands it to `launch`. */
  readonly picksConversation: boolean;
  /** Hooks or titles tell its status; otherwise a running program is `unknown` until its screen was looked at. */
  readonly reports: boolean;
  /** Its agents share one login, which many starts at the same moment can trip. */
  readonly sharesLogin: boolean;
  /** Resident megabytes of one agent at work, typically; 0 where nobody knows. */
  readonly memory: number;
  /** How a later prompt goes in: one bracketed paste, or typed line by line with C-j between. */
  readonly input: "paste" | "lines";
  /** The program itself keeps a prompt that comes while it works, and takes it up after its turn. */
  readonly queuesPrompts?: true;
  /** tmux key names that interrupt a turn, in order. */
  readonly interrupt: readonly string[];
  /** Words of the first start, program first. */
  launch(facts: LaunchFacts): Word[];
  /**
   * Words of a first start with a copy of another agent's conversation, in a worktree of its own; null: that one has none yet.
   * A text says why its program can't do that. Without it, its program has no conversations.
   */
  readonly fork?: string | { words(facts: LaunchFacts, of: Forked): Word[] | null; /** The copy gets the id that fleet picks. */ readonly picks: boolean };
  /** Words of a later start; it takes up the conversation where the program can. */
  resume(facts: LaunchFacts): Word[];
  /** Files of a start, by name, in the agent's directory: what makes the program report, and nothing of the person's. */
  files?(facts: LaunchFacts): Record<string, string>;
  /** Titles that tell its status: tmux itself follows them. */
  readonly titles?: Titles;
  /** Where running programs of this kind note their status, one file each, and what such a file says. */
  readonly notes?: { directory(env: Record<string, string | undefined>): string; read(text: string): Note | null };
  /** Where the program keeps its conversations, for one that chooses their ids and tells of them nowhere else. */
  readonly conversations?: {
    /** An sqlite file. */
    database(env: Record<string, string | undefined>): string;
    /** `id` of the newest one of directory `$worktree` that is not older than `$since`, in milliseconds since the epoch. */
    query: string;
  };
  /** Seconds between the looks of who waits for it: for changes of which no report and no title tells, as an interrupt. */
  readonly lookAgain?: number;
  /** A prompt interrupted before its first answer is put back into the input box. */
  readonly returnsPrompt?: boolean;
  /** The built-in kind whose words it speaks; a custom kind has none. */
  readonly builtIn?: string;
  /** Environment that only this program needs. */
  readonly env?: Readonly<Record<string, string>>;
  /** Its reports have its last words whole, as the screen has them not. */
  readonly tellsWords?: true;
  /** In its empty input box may stand suggestions in grey, which are no words of anybody's. */
  readonly suggests?: true;
  /** Which choice is marked shows in colours alone: before keys are pressed, its screen is read with their SGR sequences. */
  readonly coloured?: true;
  /** The screen's lines, the last first row included, and the pane's title → what they say; null: can't tell. */
  readScreen?(screen: readonly string[], title: string): ScreenReading | null;
  /**
   * tmux keys that give `answer` to `ask`, in groups with a pause between; null when it can't be given by keys.
   * For a text: the keys that lead to its input box; fleet types the text and Enter after them.
   */
  answerKeys?(ask: Ask, answer: Answer): readonly (readonly string[])[] | null;
  /** Its own record of its conversations: tokens, cost, and what was said. */
  readonly transcript?: Transcript;
  /** What an event of `fleet hook EVENT` with its JSON payload means; null when nothing. */
  report?(event: string, payload: unknown): Report | null;
}

/** `[kinds.NAME]` of the config. */
export interface KindSettings {
  /** A built-in kind that this one is a variant of. */
  like?: string;
  /** A custom command; "{prompt}" inside a word becomes the prompt. */
  command?: string[];
  /** Added to the program's own words. */
  flags?: string[];
  env?: Record<string, string>;
}
