// Gemini CLI (npm @google/gemini-cli; words tried with 0.61.0).
import { geminiAnswerKeys, readGeminiScreen } from "./screens/gemini";
import type { Kind } from "./kind";
import { geminiTranscript } from "./transcripts/gemini";

// No --skip-trust: that question is whether the folder's own hooks, MCP servers and commands may run, and the person has
// not answered it. Gemini asks once a worktree, or once for all with its answer "Trust parent folder"; who wants to pass
// over it says so with `[kinds.gemini] flags = ["--skip-trust"]`.
export const gemini: Kind = {
  name: "gemini",
  title: "Gemini CLI",
  program: "gemini",
  install: "npm install -g @google/gemini-cli",
  // After the question of trust it starts itself anew with the same words, and refuses the id of a conversation that has begun:
  // with a prompt it has (0.61.0).
  picksConversation: false,
  reports: true,
  sharesLogin: true,
  memory: 450,
  input: "paste",
  queuesPrompts: true,
  interrupt: ["Escape"],
  // Its default settings put the status there. No hooks: each shows its name on the screen while it runs.
  titles: { waiting: "^✋", working: "^(✦|⏲)", idle: "^◇" },
  transcript: geminiTranscript,
  // Its questions about a limit stand under a title that works on.
  lookAgain: 4,
  readScreen: readGeminiScreen,
  answerKeys: geminiAnswerKeys,
  launch: ({ extra }) => [
    "gemini",
    ...extra,
    // In one word: after `-i`, a prompt that begins with a dash is refused as a flag.
    { before: "--prompt-interactive=", after: "" },
  ],
  // By id it finds only conversations of the same folder; a file of any folder is taken in as a new one.
  fork: {
    picks: false,
    words: ({ extra }, { file }) => (file === null ? null : ["gemini", `--session-file=${file}`, ...extra, { before: "--prompt-interactive=", after: "" }]),
  },
  // `latest` is of this folder's conversations, and starts a new one where there is none.
  resume: ({ conversation, extra }) => ["gemini", "--resume", conversation ?? "latest", ...extra],
};
