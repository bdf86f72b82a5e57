// Claude Code (npm @anthropic-ai/claude-code; words, hooks and notes tried with 2.1.330).
import { shellQuote } from "../base/text";
import { claudeAnswerKeys, readClaudeScreen } from "./screens/claude";
import { readClaudeNote, reportOfClaude } from "./reports/claude";
import type { Kind, LaunchFacts } from "./kind";
import { claudeTranscript } from "./transcripts/claude";

const SETTINGS = "claude-settings.json";

export const claude: Kind = {
  name: "claude",
  title: "Claude Code",
  program: "claude",
  install: "npm install -g @anthropic-ai/claude-code",
  picksConversation: true,
  reports: true,
  sharesLogin: true,
  memory: 290,
  // A paste of four lines or more is wrapped in <pasted_content>, which its system prompt calls data, not instructions.
  input: "lines",
  queuesPrompts: true,
  interrupt: ["Escape"],
  returnsPrompt: true,
  launch: ({ conversation, extra, directory }) => [
    "claude",
    ...reporting(directory),
    ...(conversation ? ["--session-id", conversation] : []),
    ...extra,
    // Ends its variadic flags (--allowedTools A B) and lets a prompt begin with a dash.
    "--",
    // Even after `--` a prompt of the one word `doctor` or `update` runs that subcommand; with a blank behind, it does not.
    { before: "", after: " " },
  ],
  // It finds conversations of other worktrees of the repository by their id, and keeps the copy with the directory that it stands in.
  fork: {
    picks: true,
    words: ({ conversation, extra, directory }, of) =>
      of.conversation === null || of.file === null
        ? null
        : ["claude", ...reporting(directory), "--resume", of.conversation, "--fork-session", ...(conversation ? ["--session-id", conversation] : []), ...extra, "--", { before: "", after: " " }],
  },
  resume: ({ conversation, extra, directory }) => [
    "claude",
    ...reporting(directory),
    ...(conversation ? ["--resume", conversation] : ["--continue"]),
    ...extra,
  ],
  files: (facts) => ({ [SETTINGS]: `${JSON.stringify({ hooks: hooks(facts) }, null, 1)}\n` }),
  notes: {
    directory: (env) => `${env["CLAUDE_CONFIG_DIR"] || `${env["HOME"] ?? ""}/.claude`}/sessions`,
    read: readClaudeNote,
  },
  report: reportOfClaude,
  transcript: claudeTranscript,
  lookAgain: 4,
  suggests: true,
  tellsWords: true,
  readScreen: readClaudeScreen,
  answerKeys: claudeAnswerKeys,
};

// Merged with the person's own settings, whose hooks run as well. A second --settings among `extra` replaces this one: its
// status is then what the program notes about itself.
function reporting(directory: string): string[] {
  return ["--settings", `${directory}/${SETTINGS}`];
}

/**
 * One process an event, and only for events that can change the status: a tool's start can't (the turn has begun, or
 * PermissionRequest follows), a sub-agent's end neither.
 */
function hooks({ fleet, directory, prompted }: LaunchFacts): Record<string, unknown> {
  const run = (event: string, only = "") => {
    const quoted = [fleet, "hook", event, "claude", directory].map(shellQuote).join(" ");
    // Whatever became of the binary or the directory, the program sees 0 and no output.
    const command = `${only}[ ! -x ${shellQuote(fleet)} ] || ${quoted} >/dev/null 2>&1 || :`;
    return { type: "command", command, timeout: 5 };
  };
  const on = (event: string, more: { matcher?: string; only?: string; as?: string } = {}) => ({
    [event]: [{ ...(more.matcher === undefined ? {} : { matcher: more.matcher }), hooks: [run(more.as ?? event, more.only)] }],
  });
  // Runs after every tool: a process of fleet's only while a question is open, of which runHook leaves a mark.
  const asked = `[ ! -e ${shellQuote(`${directory}/asked`)} ] || `;
  return {
    // With a prompt on its command line it never stands idle, not even for a moment.
    ...on("SessionStart", { as: prompted ? "SessionStartPrompted" : "SessionStart" }),
    ...on("UserPromptSubmit"),
    ...on("PermissionRequest"),
    ...on("PostToolUse", { only: asked }),
    ...on("PostToolUseFailure", { only: asked }),
    ...on("Notification", { matcher: "elicitation_dialog" }),
    ...on("Stop"),
    ...on("StopFailure"),
  };
}
