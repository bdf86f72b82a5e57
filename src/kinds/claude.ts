// Claude Code (npm @anthropic-ai/claude-code; words tried with 2.1.330).
import type { Kind } from "./kind";

export const claude: Kind = {
  name: "claude",
  title: "Claude Code",
  program: "claude",
  install: "npm install -g @anthropic-ai/claude-code",
  picksConversation: true,
  reports: false,
  sharesLogin: true,
  memory: 290,
  // A paste of four lines or more is wrapped in <pasted_content>, which its system prompt calls data, not instructions.
  input: "lines",
  queuesPrompts: true,
  interrupt: ["Escape"],
  launch: ({ conversation, extra }) => [
    "claude",
    ...(conversation ? ["--session-id", conversation] : []),
    ...extra,
    // Ends its variadic flags (--allowedTools A B) and lets a prompt begin with a dash.
    "--",
    // Even after `--` a prompt of the one word `doctor` or `update` runs that subcommand; with a blank behind, it does not.
    { before: "", after: " " },
  ],
  resume: ({ conversation, extra }) => ["claude", ...(conversation ? ["--resume", conversation] : ["--continue"]), ...extra],
};
