// The script of an agent's pane, run by a real sh: whatever a prompt, a branch, an argument or a directory holds is data.
import { afterAll, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { agentEnvironment, type Launch, runFile, writeLaunchFiles } from "../../src/fleet/launch";
import { customKind } from "../../src/kinds/custom";
import type { Kind, Word } from "../../src/kinds/kind";
import { openStore } from "../../src/ports/store";
import { aRecord } from "../helpers/model";

const root = mkdtempSync(join(tmpdir(), "fleet-run-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const HOSTILE = [
  "don't",
  `"quoted" and 'single'`,
  "$(touch pwned) `touch pwned` ${HOME} $HOME",
  "; touch pwned; #(touch pwned) #{pane_id} & touch pwned | touch pwned",
  "line one\nline two\n\n  indented\n; touch pwned",
  "back\\slash \\n \\' \\\" %s %d \\033[31m",
  "-x --help -- -rf",
  "--",
  "*",
  "~",
  "!history !!",
  "ünï © 日本語 🚢 \u202e",
  "\u001b[31mred\u001b]0;title\u0007",
  " blanks at both ends ",
];

let n = 0;
interface Case { prompt?: string | null; args?: string[]; branch?: string; words?: Word[]; env?: Record<string, string>; folder?: string; path?: string; first?: boolean }

/** What the program was given: the script's own facts and functions, without the loop of the menu. */
function run({ prompt = null, args = [], branch = "b", words = ["show", { before: "", after: "" }], env = {}, folder = "agent", path = "/usr/bin:/bin", first = true }: Case): { argv: string[]; env: string; name: string; touched: boolean } {
  const home = join(root, String(n++));
  const directory = join(home, folder);
  mkdirSync(directory, { recursive: true });
  const program = join(home, "show");
  writeFileSync(program, `#!/bin/sh\nfor word; do printf '%s\\0' "$word"; done >${JSON.stringify(join(home, "argv"))}\nprintf %s "$ODD" >${JSON.stringify(join(home, "env"))}\n`, { mode: 0o755 });
  const kind: Kind & { env: Record<string, string> } = {
    ...customKind("mine", ["show"]),
    launch: ({ extra }) => [program, ...words.slice(1), ...extra],
    resume: ({ extra }) => [program, "again", ...extra],
    env,
  };
  const launch: Launch = {
    record: aRecord({ branch, path }), kind, extra: args, prompt, setup: [], first, fleet: "/nowhere/fleet", tmuxBinary: "/nowhere/tmux", size: { columns: 80, rows: 24 },
  };
  if (prompt !== null) writeFileSync(join(directory, "prompt"), prompt);
  // All that stands before the shared text: this is what quoting decides.
  const whole = runFile(launch, directory);
  const own = whole.slice(0, whole.indexOf("# What runs in an agent's pane"));
  expect(own.length).toBeGreaterThan(100);
  const script = join(home, "script");
  writeFileSync(script, `${own}\nprintf %s "$fleet_name" >${JSON.stringify(join(home, "name"))}\n${first ? "fleet_first" : "fleet_again"}\n`);
  const ran = Bun.spawnSync(["sh", script], { cwd: home, env: { PATH: "/usr/bin:/bin", HOME: home }, stderr: "pipe" });
  expect(ran.stderr.toString()).toBe("");
  const read = (name: string) => (existsSync(join(home, name)) ? readFileSync(join(home, name), "utf8") : "");
  return { argv: read("argv").split("\0").slice(0, -1), env: read("env"), name: read("name"), touched: existsSync(join(home, "pwned")) };
}

test("a hostile prompt arrives as one argument, byte for byte", () => {
  for (const prompt of HOSTILE) expect(run({ prompt })).toMatchObject({ argv: [prompt], touched: false });
});

test("hostile arguments arrive as they were given, each its own", () => {
  expect(run({ args: HOSTILE })).toMatchObject({ argv: HOSTILE, touched: false });
});

test("a prompt inside a word stays in that word", () => {
  for (const prompt of HOSTILE) expect(run({ prompt, words: ["show", { before: "--it's=", after: "; end" }] }).argv).toEqual([`--it's=${prompt}; end`]);
});

test("without a prompt its word is dropped, not empty", () => {
  expect(run({ words: ["show", "--flag", { before: "", after: "" }, "end"] }).argv).toEqual(["--flag", "end"]);
});

test("a branch with shell text in it is only a name, on one line", () => {
  for (const branch of HOSTILE) {
    const { name, touched } = run({ branch });
    expect(touched).toBe(false);
    expect(name).not.toMatch(/[\u0000-\u001f]/);
  }
  expect(run({ branch: "it's;$(touch pwned)`x`" }).name).toBe("it's;$(touch pwned)`x`");
});

test("the kind's environment and a directory of fleet's own with shell text in them are data", () => {
  const odd = `a'b"$(touch pwned)\`touch pwned\`\nc`;
  expect(run({ env: { ODD: odd } })).toMatchObject({ env: odd, touched: false });
  expect(run({ folder: "it's $(touch pwned) `x` #(y)", prompt: "hello" })).toMatchObject({ argv: ["hello"], touched: false });
});

test("a prompt of 120 kB becomes an argument that names the file", () => {
  const { argv } = run({ prompt: "x".repeat(120_000), folder: "it's here" });
  expect(argv).toHaveLength(1);
  expect(argv[0]).toMatch(/^Read the file .*\/it's here\/prompt whole: it is your task, too long for a command line\. Do what it says\.$/);
});

test("a prompt just below that limit is an argument: the kernel takes it", () => {
  const prompt = `${"é".repeat(49_999)}x`;
  expect(run({ prompt }).argv).toEqual([prompt]);
});

test("a later start takes the words that take the conversation up, without the prompt", () => {
  expect(run({ prompt: "first", args: ["--more"], first: false }).argv).toEqual(["again", "--more"]);
});

test("prompt and script are for their owner alone", () => {
  const store = openStore(join(root, "home"), () => {});
  const launch: Launch = { record: aRecord(), kind: customKind("mine", ["show", "{prompt}"]), extra: [], prompt: "secret", setup: ["true"], first: true, fleet: "/f", tmuxBinary: "/t", size: { columns: 80, rows: 24 } };
  writeLaunchFiles(store, launch);
  const mode = (path: string) => statSync(path).mode & 0o777;
  const directory = store.path("agents", "abcdef");
  expect([mode(directory), mode(`${directory}/prompt`), mode(`${directory}/run`), mode(`${directory}/setup.json`)]).toEqual([0o700, 0o600, 0o600, 0o600]);
});

test("an agent is told all about itself", () => {
  const record = aRecord({ branch: "feat/x", batch: "b", slot: 7 });
  expect(agentEnvironment(record)).toEqual({
    FLEET_ID: "abcdef", FLEET_BRANCH: "feat/x", FLEET_KIND: "demo", FLEET_BATCH: "b", FLEET_BASE: "main", FLEET_WORKTREE: record.worktree, FLEET_MAIN: "/r/web", FLEET_SLOT: "7",
  });
  expect(agentEnvironment(aRecord({ base: { branch: null, commit: "c0ffee" } }))).toMatchObject({ FLEET_BASE: "c0ffee", FLEET_BATCH: "" });
});
