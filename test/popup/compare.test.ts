// A comparison as a person has it: `=` on a batch, its diffs, and a command run in each attempt, at a real terminal.
import { beforeAll, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ATTEMPT_KEYS } from "../../src/base/keys";
import { attemptsOf, leave, openList, openOn, shownIn } from "../helpers/attempts";
import { popupPlace } from "../helpers/popup";
import { openTestRepo } from "../helpers/repo";
import { until } from "../helpers/until";

const place = await popupPlace();
const { server } = place;
const tools = join(server.root, "tools");
const slow = join(server.root, "slow");

/** git, that takes long to look at the files of any worktree while `slow` is there. */
function slowGit(): void {
  mkdirSync(tools);
  writeFileSync(join(tools, "git"), `#!/bin/sh\nif [ -e '${slow}' ]; then case " $* " in *" status "* | *" diff "* | *" diff-index "*) while [ -e '${slow}' ]; do sleep 0.1; done ;; esac; fi\nexec '${Bun.which("git")}' "$@"\n`);
  chmodSync(join(tools, "git"), 0o755);
}

const TEST = "echo of $FLEET_BRANCH; head -1 answer.txt | grep '^[0-9]'";

beforeAll(async () => {
  slowGit();
  await server.tmux("set-environment", "-g", "PATH", `${tools}:${server.env["PATH"]}`);
  await attemptsOf(place, "best");
}, 60_000);

test("= shows the attempts of a batch with their diffs; a command runs in each, and those it ends well in, by their number, come first", async () => {
  const screen = await place.attach({ columns: 200, rows: 50 });
  await openOn(screen, "best-2");
  const text = await screen.shows("best: 3 attempts · ? shows the keys · t runs a command in each");
  expect(shownIn(text)).toEqual(["best-1", "best-2", "best-3"]);
  expect(await screen.shows("+7")).toMatch(/branch +files +changes/);
  await screen.press("j");
  await screen.shows("+bad");
  await screen.press("?");
  await screen.shows("any key goes back");
  for (const { doc } of ATTEMPT_KEYS) expect(await screen.text()).toContain(doc);
  await screen.press("x");
  await screen.shows("│compare ");

  await screen.press("o");
  await screen.shows("nothing was run in it yet");
  await screen.press("t");
  await screen.shows("run a command in each of 3 attempts");
  await screen.type(TEST);
  await screen.press("Enter");
  await screen.shows("echo of $FLEET_BRANCH; head -…: 2 ok, 1 failed");
  await until(async () => shownIn(await screen.text()).join(" ") === "best-3 best-1 best-2", { what: "the best is first", show: screen.text });
  expect(await screen.text()).toMatch(/best-3 +ok 9 .*[\s\S]*best-1 +ok 7 .*[\s\S]*best-2 +failed 1 /);
  await screen.press("g");
  await screen.shows("▶ best-3 ");
  await screen.press("o");
  await screen.shows("of best-3");
  await screen.press("q");
  await screen.shows("│compare ");
  await screen.press("Tab");
  await screen.shows(/│ of best-3/);
  // What the same command says later is asked for as it was.
  await screen.press("t");
  await screen.shows(TEST);
  await screen.press("Escape");
  await screen.shows("│compare ");
  await leave(screen);
  await screen.close();
}, 60_000);

test("what it said is there when it is opened again, as what it was of: an attempt that has changed since is marked", async () => {
  openTestRepo(server, (await place.agent("best-1")).worktree).write("more.txt", "x\n");
  const screen = await place.attach({ columns: 200, rows: 50 });
  await openOn(screen, "best-1");
  await screen.shows(/best-3 +ok 9 .*[\s\S]*best-1 +~ok 7 /);
  rmSync(join((await place.agent("best-1")).worktree, "more.txt"));
  await screen.press("C-r");
  await screen.shows(/best-1 +ok 7 /);
  await screen.press("Enter");
  await until(async () => (await screen.session()) === "repo-best-3", { what: "the terminal shows the agent", show: screen.text });
  await screen.close();
}, 60_000);

test("a command that runs is seen from elsewhere, goes on when the comparison is closed, and is ended by t", async () => {
  const screen = await place.attach({ columns: 200, rows: 50 });
  await openOn(screen, "best-1");
  await screen.press("t");
  await screen.shows("run a command in each");
  await screen.press("C-u");
  await screen.type("echo $$ >pid; exec sleep 1000");
  await screen.press("Enter");
  await screen.shows(/best-\d +runs /);
  const { worktree } = await place.agent("best-1");
  const pid = await until(() => existsSync(join(worktree, "pid")) && Number(readFileSync(join(worktree, "pid"), "utf8")), { what: "it runs" });
  await screen.press("q");
  await screen.shows("│agents ");
  await screen.press("=");
  await screen.shows(/best-\d +runs /);
  expect(process.kill(pid, 0)).toBe(true);
  await screen.press("t");
  await screen.shows(/runs in \d of 3\./);
  await screen.press("Enter");
  await screen.shows(/best-\d +runs /);
  await screen.press("t");
  await screen.shows(/runs in \d of 3\./);
  await screen.press("Down", "Enter");
  await screen.hides(/best-\d +runs /);
  await until(() => !isAlive(pid), { what: "its end" });
  for (const branch of ["best-1", "best-2", "best-3"]) rmSync(join((await place.agent(branch)).worktree, "pid"), { force: true });
  await leave(screen);
  await screen.close();
}, 60_000);

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test("while git takes its time the rows are there, and the keys act; figures fill in", async () => {
  await attemptsOf(place, "late");
  writeFileSync(slow, "");
  openTestRepo(server, (await place.agent("late-1")).worktree).write("later.txt", "a\nb\n");
  const screen = await place.attach({ columns: 200, rows: 50 });
  await openList(screen, "late-1");
  const began = Date.now();
  await screen.press("=");
  const text = await screen.shows(/late: 3 attempts[\s\S]*late-\d[\s\S]*late-\d[\s\S]*late-\d/);
  const [first, second] = shownIn(text);
  expect([Date.now() - began < 3000, text.includes(`▶ ${first} `)]).toEqual([true, true]);
  await screen.press("j");
  await screen.shows(`▶ ${second} `);
  expect(await screen.text()).not.toMatch(/late-1 +2 /);
  rmSync(slow);
  await screen.shows(/late-1 +2 +\+3 −0\*/);
  await leave(screen);
  await screen.close();
}, 60_000);
