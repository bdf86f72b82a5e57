// What is done with compared attempts, at a real terminal: one is merged, one kept, and the same without popup, from the menu, without fzf.
import { beforeAll, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { ACTION_KEYS } from "../../src/base/keys";
import { attemptsOf, leave, moveTo, openOn } from "../helpers/attempts";
import { binary } from "../helpers/binary";
import { popupPlace } from "../helpers/popup";

const place = await popupPlace();
const { repo, server } = place;

beforeAll(async () => {
  await attemptsOf(place, "best");
  await attemptsOf(place, "late");
}, 60_000);

const branches = async () => (await place.list("--all")).map(({ branch }) => branch).sort();

test("m merges the attempt under the cursor once the person says so, and says why it can't", async () => {
  const screen = await place.attach({ columns: 200, rows: 50 });
  await openOn(screen, "late-1");
  await moveTo(screen, "late-1");
  await screen.press("m");
  expect(await screen.shows("Merge it?")).toMatch(/merges +late-1 into main/);
  await screen.press("Enter");
  await screen.shows("│compare ");
  expect(await branches()).toContain("late-1");
  await screen.press("m");
  await screen.shows("Merge it?");
  await screen.press("Down", "Enter");
  await screen.shows("✓ merged late-1 into main");
  await screen.hides(/late-1 +\d/);
  expect(readFileSync(join(repo.path, "answer.txt"), "utf8")).toBe("7\n");
  // The others have written the same file.
  await screen.shows(/▶ late-\d /);
  await screen.press("m");
  await screen.shows("Ask late-");
  await screen.type("n");
  await screen.press("Enter");
  await screen.shows("│compare ");
  expect(await branches()).toEqual(expect.arrayContaining(["late-2", "late-3"]));
  await leave(screen);
  await place.ok(["undo", "late-1"]);
  expect(existsSync(join(repo.path, "answer.txt"))).toBe(false);
  await screen.close();
}, 60_000);

test("K keeps the attempt under the cursor: Enter alone keeps all; the others go with their work, and undo brings each back", async () => {
  const screen = await place.attach({ columns: 120, rows: 40 });
  await openOn(screen, "best-2");
  await moveTo(screen, "best-1");
  await screen.press("K");
  const plan = await screen.shows("Keep it, and end the others?");
  expect(plan).toMatch(/keeps +best-1[\s\S]*ends +best-2[\s\S]*ends +best-3[\s\S]*1 uncommitted path/);
  expect(plan).toMatch(/[●◆] keep all/);
  await screen.press("Enter");
  await screen.shows("│compare ");
  expect((await branches()).filter((branch) => branch.startsWith("best"))).toEqual(["best-1", "best-2", "best-3"]);
  await screen.press("K");
  await screen.shows("Keep it, and end the others?");
  await screen.press("Down", "Enter");
  // Nothing is left to compare: it is the list again, and says what was done.
  await screen.shows("│agents ");
  await screen.shows("✓ kept best-1, ended the other 2");
  expect((await branches()).filter((branch) => branch.startsWith("best"))).toEqual(["best-1"]);
  await screen.press("=");
  await screen.shows("✗ best-1 is the only one left of its batch");
  await screen.press("q");
  await screen.hides("┌");
  await place.ok(["undo", "best-2", "best-3"]);
  const { worktree } = (await place.list("--all")).find(({ branch }) => branch === "best-3")!;
  expect(readFileSync(join(worktree, "loose.txt"), "utf8")).toBe("not committed\n");
  await screen.close();
}, 60_000);

test("K merges first where that is chosen, with what is uncommitted, once the check ends well", async () => {
  await place.ok(["compare", "best", "--run", "grep -q 9 answer.txt"]);
  const screen = await place.attach({ columns: 200, rows: 50 });
  await openOn(screen, "best-3");
  await screen.shows(/▶ best-3 +ok /);
  await screen.press("K");
  await screen.shows("Keep it, and end the others?");
  await screen.press("Down", "Down", "Down", "Enter");
  await screen.shows("✓ merged best-3 into main, ended the other 2");
  expect([(await branches()).filter((branch) => branch.startsWith("best")), readFileSync(join(repo.path, "answer.txt"), "utf8"), readFileSync(join(repo.path, "loose.txt"), "utf8")]).toEqual([[], "9\nand more\n", "not committed\n"]);
  await screen.press("q");
  await screen.hides("┌");
  await screen.close();
}, 60_000);

test("fleet compare --pick is the same at a terminal without the popup, and says at its end what was done; the menu has it for an agent of a batch", async () => {
  await place.ok(["start", "late-1", "late-2", "late-3"]).catch(() => "");
  const screen = await place.attach({ columns: 200, rows: 50 });
  await server.tmux("respawn-pane", "-k", "-t", "main:", "-c", repo.path, "sh");
  await screen.shows(/^[$#]/m);
  await screen.type(`${await binary()} compare late --pick --run 'exit 4'`);
  await screen.press("Enter");
  await screen.shows(/late: 3 attempts .*exit 4: 3 failed/);
  expect(await screen.text()).not.toContain("┌");
  await screen.press("q");
  await screen.shows(/--pick --run 'exit 4'/);
  expect((await place.fleet(["compare", "late", "--pick"])).stderr).toContain("✗ there is no terminal to choose on");
  expect((await place.fleet(["compare", "late", "--pick", "--json"])).code).toBe(2);
  await screen.close();

  const [agent, other] = [await place.attach({ columns: 120, rows: 40, session: "repo-late-1" }), await place.attach()];
  await agent.press("C-b", "a");
  await agent.shows("compare the attempts of its batch");
  await agent.press("=");
  await agent.shows(/compare [\s\S]*late: 3 attempts/);
  await agent.press("q");
  await agent.hides("┌");
  await other.press("C-b", "a");
  await other.shows("a new agent");
  expect(await other.text()).not.toContain("compare the attempts");
  await agent.close();
  await other.close();
  expect(existsSync(join(server.fleetHome, "cache", "popups")) ? [...new Bun.Glob("*").scanSync({ cwd: join(server.fleetHome, "cache", "popups"), onlyFiles: false })] : []).toEqual([]);
}, 60_000);

test("without fzf it is a plain list, the best first, with the same actions", async () => {
  const bin = join(server.root, "without-fzf");
  mkdirSync(bin);
  for (const name of ["sh", "env", "tmux", "git", "stty", "cat", "sleep", "less", "ps"]) if (Bun.which(name)) symlinkSync(Bun.which(name)!, join(bin, name));
  await server.tmux("set-environment", "-g", "PATH", bin);
  const screen = await place.attach({ columns: 140, rows: 40 });
  const down = (n: number) => screen.press(...Array<string>(n).fill("Down"));
  await screen.press("C-b", "A");
  await screen.shows("Which agent?");
  await screen.press("Enter");
  await screen.shows("What is to be done?");
  const here = ACTION_KEYS.filter(({ name }) => !["mark", "preview", "filter", "help", "renew", "close", "choice"].includes(name));
  await down(here.findIndex(({ name }) => name === "compare"));
  await screen.shows(/[●◆] compare the attempts/);
  await screen.press("Enter");
  await screen.shows(/Which attempt of late\?[\s\S]*late-\d[\s\S]*failed 4/);
  await screen.press("Enter");
  await screen.shows(/What is to be done\?[\s\S]*keep this one/);
  await down(1);
  await screen.press("Enter");
  await screen.shows("Keep it, and end the others?");
  await screen.press("Enter");
  await screen.shows("any key goes back");
  await screen.press("x");
  await screen.shows(/◆ +Which attempt of late\?/);
  await screen.press("Escape");
  await screen.shows(/◆ +Which agent\?/);
  await screen.press("Escape");
  await screen.hides("┌");
  await screen.close();
}, 60_000);
