// The popup in other people's surroundings: fish, base-index 1, a slow Esc, hostile names, and other versions of fzf or none.
import { beforeAll, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { popupPlace, type Screen } from "../helpers/popup";
import { until } from "../helpers/until";

const fish = Bun.which("fish");
// The server's PATH is the popup's: what a test puts there comes first.
const stand = "stand-in-fzf";
const place = await popupPlace({
  set: [["set-option", "-g", "base-index", "1"], ["set-option", "-g", "pane-base-index", "1"], ["set-option", "-s", "escape-time", "500"], ...(fish ? [["set-option", "-g", "default-shell", fish]] : [])],
});
const { server } = place;
const folder = `${server.root}/${stand}`;

const HOSTILE = ["it's", "$(touch${IFS}pwned)", "a#{pane_id}#(touch${IFS}pwned)#]fg=red", "`touch${IFS}pwned`", "semi;colon;", "日本/ünï", "{1}-{q}-\"x", `long/${"x".repeat(120)}`];

beforeAll(async () => {
  for (const branch of HOSTILE) await place.ok(["create", branch, "-a", "demo", "-d", "-p", "say Hello."]);
  await place.ok(["create", "zzz-asks", "-a", "demo", "-d", "-p", "ask Really?"]);
  await place.untilStatus("zzz-asks", "waiting");
  for (const branch of HOSTILE) await place.untilStatus(branch, "idle");
  mkdirSync(folder);
  await server.tmux("set-environment", "-g", "PATH", `${folder}:${server.env["PATH"]}`);
}, 90_000);

const opened = (screen: Screen) => screen.shows("? shows the keys");

/** Nothing that a name holds has run. */
async function nothingRan(): Promise<void> {
  for (const path of [server.root, server.home, place.repo.path, ...(await place.list()).map(({ worktree }) => worktree)]) expect(existsSync(`${path}/pwned`)).toBe(false);
}

/** The real fzf under another version, which refuses what that version did not know. */
function standIn(version: string, unknown: string): void {
  const real = Bun.which("fzf", { PATH: server.env["PATH"]! })!;
  // What the real one here does not know yet is left out before it is run.
  const script = `#!/bin/sh
[ "$1" != --version ] || { echo '${version} (stand-in)'; exit 0; }
for word; do
  case $word in ${unknown}) echo "unknown option: $word" >&2; exit 2;; esac
done
n=$#
while [ $n -gt 0 ]; do
  word=$1; shift; n=$((n - 1))
  case $word in --track) : >'${folder}/tracked';; *) set -- "$@" "$word";; esac
done
exec '${real}' "$@"
`;
  writeFileSync(`${folder}/fzf`, script);
  chmodSync(`${folder}/fzf`, 0o755);
}

test("names are text: in the list, in each action on them, in a filter", async () => {
  const screen = await place.attach({ columns: 200, rows: 50 });
  await screen.press("C-b", "A");
  const text = await opened(screen);
  // What is too long for the column is cut.
  for (const branch of HOSTILE) expect(text).toContain(branch.slice(0, 14));
  for (let i = 0; i < HOSTILE.length; i++) {
    await screen.press("Down", "s");
    await screen.shows("✓ snoozed for 10m: ");
    await screen.press("Tab", "Tab", "Tab", "Tab", "c");
    await screen.shows("✓ copied: ");
  }
  await screen.press("/");
  await screen.type("ünï");
  await screen.shows(/▶ +日本\/ünï/);
  await nothingRan();
  await screen.close();
}, 90_000);

test("a hostile prompt and branch come through the form as they are", async () => {
  const screen = await place.attach({ columns: 120, rows: 40 });
  await screen.press("C-b", "A");
  await opened(screen);
  await screen.press("N");
  await screen.shows("a new agent in repo");
  await screen.type("new/$(touch${IFS}pwned)'");
  await screen.press("Enter");
  await screen.shows("▶ prompt");
  await screen.type("say it's \"$(touch pwned)\" `x` #(y) {1};");
  await screen.press("Enter");
  await screen.shows("is coming up");
  const agent = await place.untilStatus("new/$(touch${IFS}pwned)'", "idle");
  expect(agent.doing).toBe("it's \"$(touch pwned)\" `x` #(y) {1};");
  await nothingRan();
  await screen.close();
}, 60_000);

test("a create that fails is told on the terminal that began it, in the popup while it is open", async () => {
  writeFileSync(`${place.repo.path}/.git/refs/heads/blocked.lock`, "");
  const screen = await place.attach({ columns: 120, rows: 40 });
  await screen.press("C-b", "A");
  await opened(screen);
  await screen.press("N");
  await screen.shows("a new agent in repo");
  await screen.type("blocked");
  await screen.press("Enter");
  await screen.shows("▶ prompt");
  await screen.press("Enter");
  await screen.shows("✗ create blocked: ");
  await screen.close();
  rmSync(`${place.repo.path}/.git/refs/heads/blocked.lock`);
}, 60_000);

test("fzf 0.29 gets nothing that it does not know: a key lists anew, and a filter is left again", async () => {
  standIn("0.29.0", "--ellipsis*|--no-separator|--track|--scheme*|--bind=load:*|--bind=start:*|*'reload-sync'*|*'rebind('*|*',<'*");
  const screen = await place.attach();
  await screen.press("C-b", "A");
  await opened(screen);
  await screen.press("/");
  await screen.type("zzz");
  await screen.shows("filter: zzz");
  await screen.shows(/▶ +zzz-asks/);
  await screen.press("Escape");
  await screen.hides("filter: ");
  await screen.shows("it's");
  await screen.press("C-r", "y");
  await screen.shows("✓ answered zzz-asks: yes");
  await screen.close();
}, 60_000);

test("a fzf of years to come is taken for the newest", async () => {
  standIn("1.12.0", "nothing");
  const screen = await place.attach();
  await screen.press("C-b", "A");
  await opened(screen);
  expect(existsSync(`${folder}/tracked`)).toBe(true);
  await screen.press("q");
  await screen.hides("┌");
  await screen.close();
}, 60_000);

test("a fzf that fails says so, and waits for a key", async () => {
  standIn("0.40.0", "--ansi");
  const screen = await place.attach();
  await screen.press("C-b", "A");
  await screen.shows("fzf ended with 2");
  await screen.shows("any key closes");
  await screen.press("x");
  await screen.hides("┌");
  await screen.close();
}, 60_000);

test("too old a fzf, or none, gives a plain list with the same actions", async () => {
  standIn("0.20.0", "nothing");
  for (const how of ["old", "none"] as const) {
    if (how === "none") await server.tmux("set-environment", "-g", "PATH", await pathWithoutFzf());
    const screen = await place.attach();
    await screen.press("C-b", "A");
    await screen.shows("without fzf 0.29 or newer");
    await screen.shows("Which agent?");
    await screen.press("Enter");
    await screen.shows("What is to be done?");
    await screen.press("Enter");
    await until(async () => (await screen.session()).startsWith("repo-"), { what: "the terminal shows the agent", show: screen.text });
    await screen.close();
  }
}, 60_000);

/** All programs of PATH but fzf, by links. */
async function pathWithoutFzf(): Promise<string> {
  const bin = `${server.root}/without-fzf`;
  mkdirSync(bin);
  for (const name of ["sh", "env", "tmux", "git", "stty", "cat", "sleep", "less", "ps"]) {
    const real = Bun.which(name);
    if (real) await Bun.spawn(["ln", "-s", real, `${bin}/${name}`]).exited;
  }
  return bin;
}
