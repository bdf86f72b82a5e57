// What the real programs have in different ways: words of their command lines, how one enters things by hand, what they can't do.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RealKind } from "../../test/helpers/real-agents";

export interface RealFacts {
  /** Words after `create … --`. */
  args: readonly string[];
  /** On the screen once it can be prompted; and once it asks whether the folder is to be trusted, where it does. */
  ready: RegExp;
  trust?: RegExp;
  /** It asks so in every worktree. */
  trustsFolder?: true;
  /** And works at its first prompt behind that question, without trust, and again after it: in between it is idle. */
  worksUntrusted?: true;
  /** On the screen as long as a turn goes on. */
  busy: RegExp;
  /** What `no` is among a permission's choices. */
  denial: number;
  /** Keys that end a turn by hand. */
  interrupt: readonly string[];
  clear: string;
  compact: string;
  exit: string;
  /** What an answer of the API that is an error ends in, and what the screen shows then; where it is asked for again without an end, that. */
  fails: readonly Fail[];
  /** It asks its person questions with choices. */
  asks: boolean;
  /** It hands work to agents of its own. */
  delegates: boolean;
  /** It asks whether it may. */
  asksToDelegate?: true;
  /** It can leave a command running when its turn is over. */
  background: boolean;
  /** It clears nothing as long as one does: what it says then. */
  tasksHoldClear?: RegExp;
  /** The same program, run by the agent itself for one answer. */
  nested: string;
  env?: Readonly<Record<string, string>>;
  /** The person's settings made others: nothing is trusted, and few tries are made where an API fails. */
  adjust?(home: string, repo: string): void;
}

export interface Fail {
  /** What the model is told to answer. */
  with: string;
  expected: string;
  shown: RegExp;
  /** The turn goes on, until it is interrupted. */
  endless?: true;
}

const fail = (words: string, expected: string, shown = new RegExp(`stub error ${parseInt(words)}`)): Fail => ({ with: words, expected, shown });
const endless = (words: string, expected: string, shown: RegExp): Fail => ({ ...fail(words, expected, shown), endless: true });

function edit(file: string, change: (text: string) => string): void {
  writeFileSync(file, change(readFileSync(file, "utf8")));
}

export const REAL_KINDS: Readonly<Record<RealKind, RealFacts>> = {
  claude: {
    args: ["--permission-mode", "manual"], ready: /^❯/m, trust: /trust this folder/, busy: /esc to interrupt|Waiting for \d.* to finish\s+─/m, denial: 4, interrupt: ["Escape"], clear: "/clear", compact: "/compact", exit: "/exit",
    fails: [fail("400", "idle error"), fail("401", "idle login"), fail("429", "idle rate limit"), fail("500", "idle error")],
    asks: true, delegates: true, background: true, nested: "claude -p hello",
    env: { CLAUDE_CODE_MAX_RETRIES: "1" },
    adjust: (home) => edit(join(home, ".claude.json"), (text) => text.replace('"hasTrustDialogAccepted": true', '"hasTrustDialogAccepted": false')),
  },
  codex: {
    args: ["-a", "on-request", "-s", "workspace-write", "--enable", "default_mode_request_user_input"], ready: /^›/m, trust: /Trust this folder|Do you trust/, busy: /esc to interrupt/m, denial: 3, interrupt: ["Escape"], clear: "/clear", compact: "/compact", exit: "/quit",
    fails: [fail("400", "idle error"), fail("401", "idle login", /^■ .*401/m), fail("429", "idle rate limit", /^■ .*429/m), fail("429 limit", "idle rate limit, resets", /^■ .*usage limit/m), fail("500", "idle error", /^■ .*high demand/m)],
    asks: true, delegates: true, background: true, nested: "codex exec --skip-git-repo-check hello",
    adjust: (home) => edit(join(home, ".codex/config.toml"), (text) => text.replace(/\[projects\."[^"]*"\]\ntrust_level = "trusted"\n/, "")),
  },
  gemini: {
    args: [], ready: /Type your message/, trust: /Do you trust/, trustsFolder: true, worksUntrusted: true, busy: /esc to cancel/m, denial: 3, interrupt: ["Escape"], clear: "/clear", compact: "/compress", exit: "/quit",
    fails: [fail("400", "idle error"), fail("401", "idle login"), endless("429", "working", /Thinking/), endless("500", "working", /Thinking/), fail("429 limit", "waiting rate limit, resets", /Usage limit reached/)],
    asks: true, delegates: true, background: true, nested: "gemini --skip-trust -p hello",
    adjust: (home) => edit(join(home, ".gemini/settings.json"), (text) => text.replace('"general": {', '"general": { "maxAttempts": 2,')),
  },
  opencode: {
    args: [], ready: /ctrl\+p commands/, busy: /esc (again to )?interrupt/m, denial: 3, interrupt: ["Escape", "Escape"], clear: "/new", compact: "/compact", exit: "/exit",
    fails: [fail("400", "idle error"), fail("401", "idle login"), ...["429", "429 limit", "500"].map((words) => endless(words, `working stub error ${parseInt(words)}`, /retrying/))],
    asks: true, delegates: true, background: false, nested: "opencode run hello",
  },
  qwen: {
    args: ["--approval-mode", "default"], ready: /Type your message/, trust: /Do you trust/, trustsFolder: true, busy: /esc to cancel/m, denial: 4, interrupt: ["Escape"], clear: "/clear", compact: "/compress", exit: "/quit",
    fails: [fail("400", "idle error"), fail("401", "idle login"), ...["429", "500"].map((words) => endless(words, "working", /esc to cancel/))],
    asks: true, asksToDelegate: true, delegates: true, background: true, tasksHoldClear: /✕ Stop the current session's running background tasks/, nested: "qwen -p hello",
    adjust: (home) => edit(join(home, ".qwen/settings.json"), (text) => text.replace('"security": {', '"security": { "folderTrust": { "enabled": true },')),
  },
  copilot: {
    args: ["--disable-builtin-mcps"], ready: /^❯/m, trust: /\btrust\b/i, trustsFolder: true, busy: /^ [●◉◎○] .*(interrupt|edit prompt)/m, denial: 3, interrupt: ["C-c"], clear: "/clear", compact: "/compact", exit: "/exit",
    fails: [fail("400", "idle error"), fail("401", "idle login", /^ ✗ Authentication failed/m), fail("429", "idle rate limit", /^ ✗ Failed to get response.*429/m), fail("429 limit", "idle rate limit", /^ ✗ 429 stub/m), fail("500", "idle error", /^ ✗ Failed to get response.*500/m)],
    asks: true, delegates: true, background: true, nested: "copilot --allow-all-tools -p hello",
    adjust: (home) => edit(join(home, ".copilot/config.json"), () => '{"trustedFolders":[]}'),
  },
};
