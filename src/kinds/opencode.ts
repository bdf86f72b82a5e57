// opencode (npm opencode-ai; words tried with 1.18.33).
import type { Kind } from "./kind";
import { opencodeAnswerKeys, readOpencodeScreen } from "./screens/opencode";
import { opencodeTranscript } from "./transcripts/opencode";

export const opencode: Kind = {
  name: "opencode",
  title: "opencode",
  program: "opencode",
  install: "npm install -g opencode-ai",
  // It chooses its own id.
  picksConversation: false,
  reports: false,
  sharesLogin: true,
  memory: 890,
  input: "paste",
  queuesPrompts: true,
  interrupt: ["Escape", "Escape"],
  // Its screen alone: a --port would let every user of the machine prompt it and grant its permissions, and a plugin is
  // installed into the person's ~/.config.
  transcript: opencodeTranscript,
  lookAgain: 1,
  readScreen: readOpencodeScreen,
  coloured: true,
  answerKeys: opencodeAnswerKeys,
  conversations: {
    database: (env) => `${env["XDG_DATA_HOME"] || `${env["HOME"] ?? ""}/.local/share`}/opencode/opencode.db`,
    query: "SELECT id FROM session WHERE directory = $worktree AND parent_id IS NULL AND time_created >= $since ORDER BY time_updated DESC LIMIT 1",
  },
  // In one word: after `--prompt`, a prompt that begins with a dash is refused as a flag.
  launch: ({ extra }) => ["opencode", ...extra, { before: "--prompt=", after: "" }],
  fork: "opencode goes on with a forked conversation in the directory of the first one, whose files it would change",
  // Without one that it had here a new conversation: --continue takes the last one of any worktree of the repo (opencode#41562).
  resume: ({ conversation, extra }) => ["opencode", ...(conversation ? ["--session", conversation] : []), ...extra],
};
