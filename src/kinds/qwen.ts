// Qwen Code (npm @qwen-code/qwen-code; words tried with 0.24.4).
import { geminiAnswerKeys, readQwenScreen } from "./screens/gemini";
import type { Kind } from "./kind";
import { qwenTranscript } from "./transcripts/qwen";

export const qwen: Kind = {
  name: "qwen",
  title: "Qwen Code",
  program: "qwen",
  install: "npm install -g @qwen-code/qwen-code@latest",
  picksConversation: true,
  reports: true,
  sharesLogin: true,
  memory: 550,
  input: "paste",
  interrupt: ["Escape"],
  returnsPrompt: true,
  transcript: qwenTranscript,
  // After the sign may stand a variation selector.
  titles: { waiting: "^✳.*Qwen", working: "^(◐|◓|◑|◒).*Qwen", idle: "^Qwen" },
  suggests: true,
  readScreen: readQwenScreen,
  answerKeys: geminiAnswerKeys,
  launch: ({ conversation, extra }) => [
    "qwen",
    ...(conversation ? ["--session-id", conversation] : []),
    ...extra,
    // In one word, as with Gemini: a prompt may begin with a dash.
    { before: "--prompt-interactive=", after: "" },
  ],
  fork: "Qwen Code forks a conversation only in the directory in which it began",
  resume: ({ conversation, extra }) => ["qwen", ...(conversation ? ["--resume", conversation] : ["--continue"]), ...extra],
};
