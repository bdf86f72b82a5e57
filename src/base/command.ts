// The shape of a command row. Parsing, help, man page, completions and README blocks all read it.

/** What completes a value in a shell. */
export type Completes = "agent" | "kind" | "branch" | "status" | "batch" | "file" | "directory" | "shell" | "key" | "command";

export interface Flag {
  /** `strings` may be given more than once. */
  readonly type: "boolean" | "string" | "number" | "strings";
  readonly doc: string;
  readonly short?: string;
  /** The placeholder shown for the value, such as TEXT. */
  readonly value?: string;
  /** The value may be left out; then the input holds "". */
  readonly optionalValue?: true;
  /** Blanks alone are refused: as a check, the empty variable of a script would let all pass. */
  readonly filled?: true;
  readonly choices?: readonly string[];
  readonly completes?: Completes;
}

export interface Arg {
  readonly name: string;
  readonly doc: string;
  readonly optional?: true;
  readonly many?: true;
  readonly choices?: readonly string[];
  readonly completes?: Completes;
}

export interface Example {
  readonly run: string;
  readonly does: string;
}

export type Flags = Readonly<Record<string, Flag>>;
export type Args = readonly Arg[];

type FlagValue<F extends Flag> = F["type"] extends "boolean"
  ? boolean
  : F["type"] extends "strings"
    ? string[]
    : F["type"] extends "number"
      ? number | undefined
      : string | undefined;

type ArgValue<A extends Arg> = A["many"] extends true ? string[] : A["optional"] extends true ? string | undefined : string;

export type FlagInput<F extends Flags> = { -readonly [K in keyof F]: FlagValue<F[K]> };
export type ArgInput<A extends Args> = { [K in A[number] as K["name"]]: ArgValue<K> };

/** What `run` is handed: values by name, and the words after `--` where the row says it takes them. */
export interface Input<A extends Args, F extends Flags> {
  readonly args: ArgInput<A>;
  readonly flags: FlagInput<F>;
  readonly rest: string[];
}

export const GROUPS = ["Work", "Look", "Set up", "Internal"] as const;

export interface CommandRow<Ctx, A extends Args = Args, F extends Flags = Flags> {
  readonly name: string;
  readonly group: (typeof GROUPS)[number];
  /** One line, a verb first, no full stop. */
  readonly summary: string;
  /** Further paragraphs of help. */
  readonly doc?: string;
  readonly args: A;
  readonly flags: F;
  /** Names what comes after `--`; without it, words after `--` are ordinary arguments. */
  readonly rest?: { readonly name: string; readonly doc: string };
  readonly examples: readonly Example[];
  /** Not in help or completions: called by fleet itself. */
  readonly internal?: true;
  /**
   * true when this call changes something: such calls are logged, and name what earlier ones left half done.
   * Without it, the commands of the group Work do.
   */
  changes?(input: Input<A, F>): boolean;
  run(ctx: Ctx, input: Input<A, F>): Promise<number | void>;
}

/** Flags that every command understands. */
export const GLOBAL_FLAGS = {
  directory: { type: "string", short: "C", value: "PATH", doc: "act as if started in PATH", completes: "directory" },
  verbose: { type: "boolean", short: "v", doc: "show each git and tmux call with its time" },
  help: { type: "boolean", short: "h", doc: "show help" },
} as const satisfies Flags;

/** Flags that several commands share, each written once. */
export const JSON_FLAG = { type: "boolean", doc: "print JSON" } as const satisfies Flag;
export const DRY_RUN_FLAG = { type: "boolean", doc: "print the plan, change nothing" } as const satisfies Flag;
