// What fleet knows of one agent program. A kind is one file that fills in this shape; index.ts is the table.
import type { Status } from "../base/model";

/** A word of a command line; `{ before, after }` has the prompt between, and is dropped where there is no prompt. */
export type Word = string | { readonly before: string; readonly after: string };

/** The prompt as a word of its own. */
export const PROMPT: Word = { before: "", after: "" };

export interface LaunchFacts {
  /** The conversation id that fleet chose or learnt; null when there is none. */
  conversation: string | null;
  /** Flags from the config, then arguments of this agent. */
  extra: readonly string[];
  /** Absolute path of the fleet binary, for kinds that report through `fleet hook`. */
  fleet: string;
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
}

/** What a program asks a person, as its report or its screen has it. */
export interface Ask {
  what: "permission" | "question" | "trust" | "login";
  /** The command, or the question, whole. */
  text: string;
  /** The choices in the order shown, without their numbers; empty for free text. */
  choices: readonly string[];
}

/** What the screen says, read in its positions and not by words anywhere. */
export interface ScreenReading {
  status: Status;
  ask?: Ask;
  /** Why it failed or waits, in one word: "error", "rate limit", "login". */
  reason?: string;
  /** Text that stands in the input box, not yet sent. */
  draft?: string;
}

export type Answer = { is: "yes" } | { is: "always" } | { is: "no" } | { is: "choice"; n: number } | { is: "text"; text: string };

export interface Kind {
  readonly name: string;
  /** The program's own name, as its makers write it. */
  readonly title: string;
  /** The executable looked for on PATH; a custom kind's first word. */
  readonly program: string;
  /** One runnable line that installs it. */
  readonly install: string;
  /** fleet picks a UUID for a new conversation and hands it to `launch`. */
  readonly picksConversation: boolean;
  /** The program reports through `fleet hook`; otherwise a running program's status is `unknown`. */
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
  /** Words of a later start; it takes up the conversation where the program can. */
  resume(facts: LaunchFacts): Word[];
  /** Environment that only this program needs. */
  readonly env?: Readonly<Record<string, string>>;
  /** The screen's lines, the last first row included, and the pane's title → what they say; null: can't tell. */
  readScreen?(screen: readonly string[], title: string): ScreenReading | null;
  /**
   * tmux keys that give `answer` to `ask`, in groups with a pause between; null when it can't be given by keys.
   * For a text: the keys that lead to its input box; fleet types the text and Enter after them.
   */
  answerKeys?(ask: Ask, answer: Answer): readonly (readonly string[])[] | null;
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
