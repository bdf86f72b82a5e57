// Codex CLI (npm @openai/codex; words tried with 0.169.0).
import { codexAnswerKeys, readCodexScreen } from "./screens/codex";
import { type Kind, PROMPT } from "./kind";
import { codexTranscript } from "./transcripts/codex";

export const codex: Kind = {
  name: "codex",
  title: "Codex",
  program: "codex",
  install: "npm install -g @openai/codex",
  // It chooses its own id.
  picksConversation: false,
  reports: true,
  sharesLogin: true,
  memory: 240,
  // Typed text followed at once by Enter is taken for a paste burst, and Enter for a line end; a bracketed paste is not.
  input: "paste",
  interrupt: ["Escape"],
  // Its hooks would ask for trust in a dialog of their own, and `notify` would take the place of the person's. The spinner's ten
  // glyphs one by one: a range of them does not match in tmux 3.3a.
  titles: {
    waiting: "^\\[ (!|\\.) \\] Action Required",
    working: "^(⠋|⠙|⠹|⠸|⠼|⠴|⠦|⠧|⠇|⠏)",
    idle: ".",
  },
  transcript: codexTranscript,
  suggests: true,
  readScreen: readCodexScreen,
  answerKeys: codexAnswerKeys,
  // --no-daemon: else the turn runs in a background process of all sessions, which goes on after its pane is gone.
  // `--` ends variadic flags (--image FILE…), keeps `exec` a prompt, and lets one begin with a dash.
  launch: ({ extra }) => ["codex", "--no-daemon", ...extra, "--", PROMPT],
  // Without -C it asks which of the two directories is meant. Its ids stand in the names of its files.
  fork: {
    picks: false,
    words: ({ extra, worktree }, { file }) => {
      const id = /-([0-9a-f]{8}-[0-9a-f-]{27})\.jsonl$/.exec(file ?? "")?.[1];
      return id === undefined ? null : ["codex", "fork", "--no-daemon", "-C", worktree, ...extra, "--", id, PROMPT];
    },
  },
  // --last looks only at conversations of the working directory, and an agent has its worktree to itself.
  resume: ({ conversation, extra }) =>
    conversation
      ? ["codex", "resume", "--no-daemon", ...extra, "--", conversation]
      : ["codex", "resume", "--no-daemon", "--last", ...extra],
};
