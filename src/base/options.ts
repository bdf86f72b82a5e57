// The option table: every key of the configuration, once. The default file, validation and `fleet config` read it.

/** `patterns` are paths or globs inside a checkout; `commands` are lines for sh; `choices` some of the row's words; `hours` is 22:00-08:00 or ""; `amount` a number from 0, with cents. */
export type OptionType = "string" | "path" | "integer" | "patterns" | "commands" | "choices" | "hours" | "amount";

export interface OptionRow {
  readonly type: OptionType;
  /** A leading "@home" stands for fleet's own directory, FLEET_HOME or ~/.ai_fleet. */
  readonly default: string | number | readonly string[];
  /** What it decides, in one sentence. */
  readonly doc: string;
  /** The words of the type `choices`. */
  readonly choices?: readonly string[];
  /** The .ai_fleet.toml of a repo may hold it. */
  readonly repo?: true;
  /** From a repo, it acts only after a person has approved the file's exact content. */
  readonly approval?: true;
}

export const OPTIONS = {
  "agent.default": {
    type: "string",
    default: "claude",
    doc: "The kind of a new agent where create is not told one: a built-in kind, or one of [kinds].",
  },
  "worktree.root": {
    type: "path",
    default: "@home/worktrees",
    doc: "Where the worktrees of agents are made; a directory outside of any checkout.",
    repo: true,
    approval: true,
  },
  "worktree.copy": {
    type: "patterns",
    default: [".env", ".env.*", ".envrc", ".claude/settings.local.json"],
    doc: "Files that git ignores, copied from the main checkout into a new worktree (.worktreeinclude adds to them).",
    repo: true,
    approval: true,
  },
  "worktree.link": {
    type: "patterns",
    default: [],
    doc: "Ignored files and directories that a new worktree shares with the main checkout by a symlink.",
    repo: true,
    approval: true,
  },
  "setup.run": {
    type: "commands",
    default: [],
    doc: "Shell command lines run in a new worktree, in order, before the agent's program starts.",
    repo: true,
    approval: true,
  },
  "create.base": {
    type: "string",
    default: "",
    doc: "The branch that new agents start from; empty: the branch of the checkout one stands in.",
    repo: true,
  },
  "batch.stagger": {
    type: "integer",
    default: 1000,
    doc: "Milliseconds between the starts of a batch's programs that share one login (none between demo and custom ones).",
  },
  "trash.keep": {
    type: "integer",
    default: 7,
    doc: "Days that the directory of a killed agent stays in the trash; its saved ref, without ignored files, stays 30.",
  },
  "trash.max": {
    type: "integer",
    default: 5,
    doc: "Gigabytes that the trash may take; beyond it the oldest directories go first, the newest never.",
  },
  "notify.on": {
    type: "choices",
    choices: ["permission", "question", "error", "done"],
    default: ["permission", "question", "error"],
    doc: "What is told about agents that you are not looking at: permission, question, error, done.",
  },
  "notify.by": {
    type: "choices",
    choices: ["message", "bell", "osc9", "osc777", "desktop"],
    default: ["message"],
    doc: "How: message (in tmux), bell, osc9 or osc777 (by the terminal around tmux), desktop (notify-send, osascript).",
  },
  "notify.command": {
    type: "string",
    default: "",
    doc: "A line for sh run for each notice, with FLEET_EVENT, FLEET_BRANCH, FLEET_ID, FLEET_KIND, FLEET_TEXT and FLEET_WORKTREE in its environment.",
  },
  "notify.quiet": {
    type: "hours",
    default: "",
    doc: "Hours without notices, such as 22:00-08:00.",
  },
  "budget.agent": {
    type: "amount",
    default: 0,
    doc: "US dollars that one agent may cost, by fleet cost; 0: no limit.",
  },
  "budget.batch": {
    type: "amount",
    default: 0,
    doc: "US dollars that the agents of a batch may cost together, ended ones too; 0: no limit.",
  },
  "budget.then": {
    type: "choices",
    choices: ["warn", "interrupt"],
    default: ["warn"],
    doc: "What is done when a budget is used up, and each time as much again is: warn (by notify.by and notify.command), interrupt the turns.",
  },
  "log.size": {
    type: "integer",
    default: 1024,
    doc: "Kilobytes that the log of fleet's operations may take; the older half is dropped beyond it.",
  },
} as const satisfies Record<string, OptionRow>;

export type OptionKey = keyof typeof OPTIONS;

type ValueOf<T extends OptionType> = T extends "integer" | "amount" ? number : T extends "patterns" | "commands" | "choices" ? string[] : string;

/** The value of each option, by its dotted key. */
export type Values = { [K in OptionKey]: ValueOf<(typeof OPTIONS)[K]["type"]> };

export const OPTION_KEYS = Object.keys(OPTIONS) as OptionKey[];

export function optionRow(key: OptionKey): OptionRow {
  return OPTIONS[key];
}

/** "worktree.copy" → ["worktree", "copy"]. */
export function optionPath(key: OptionKey): [section: string, name: string] {
  const [section = "", name = ""] = key.split(".");
  return [section, name];
}

/** The names of the file's tables, in order, without [kinds]. */
export const SECTIONS = [...new Set(OPTION_KEYS.map((key) => optionPath(key)[0]))];

/** The defaults, with fleet's own directory put in. */
export function defaultValues(home: string): Values {
  const values: Record<string, unknown> = {};
  for (const key of OPTION_KEYS) {
    const value = optionRow(key).default;
    values[key] = typeof value === "string" ? value.replace(/^@home/, () => home) : typeof value === "number" ? value : [...value];
  }
  return values as Values;
}

const HEAD = `# fleet's configuration. Each option is shown with its default and commented out: remove "# " to set it.
# fleet config shows what is in force and where it comes from; fleet config edit checks before it saves.
`;

const KINDS_EXAMPLES = `
# [kinds.claude]                  # add to a built-in kind: claude, codex, gemini, opencode
# flags = []                      # e.g. ["--permission-mode", "acceptEdits"]

# [kinds.opus]                    # a variant of one
# like = "claude"
# flags = ["--model", "opus"]
# env = { SOME_NAME = "value" }

# [kinds.mine]                    # any other program; "{prompt}" is one argument, never a shell string
# command = ["my-agent", "--fast", "{prompt}"]
`;

/** config.toml as fleet first writes it; `shown` is fleet's own directory as a person would write it. */
export function defaultFile(shown = "~/.ai_fleet"): string {
  const lines: string[] = [HEAD.trimEnd()];
  for (const section of SECTIONS) {
    lines.push("", `[${section}]`);
    for (const key of OPTION_KEYS) {
      const [its, name] = optionPath(key);
      if (its !== section) continue;
      const row = optionRow(key);
      const value = typeof row.default === "string" ? row.default.replace(/^@home/, () => shown) : row.default;
      lines.push(`# ${row.doc}`, `# ${name} = ${tomlLiteral(value)}`);
    }
  }
  return `${lines.join("\n")}\n${KINDS_EXAMPLES}`;
}

/** A value as TOML text on one line; JSON's strings and arrays are TOML's. */
export function tomlLiteral(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(tomlLiteral).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    return `{ ${Object.entries(value).map(([key, inner]) => `${/^[A-Za-z0-9_-]+$/.test(key) ? key : JSON.stringify(key)} = ${tomlLiteral(inner)}`).join(", ")} }`;
  }
  return JSON.stringify(value);
}
