// Where the popup is opened, and for whom: two terminals, an agent's own session, a bare fleet, small and large terminals.
import { beforeAll, expect, test } from "bun:test";
import { binary } from "../helpers/binary";
import { popupPlace, type Screen } from "../helpers/popup";
import { until } from "../helpers/until";

const place = await popupPlace();
const { server } = place;
let fleet = "";

beforeAll(async () => {
  fleet = await binary();
  await place.ok(["create", "here", "-a", "demo", "-d", "-p", "say I am here."]);
  await place.ok(["create", "there", "-a", "demo", "-d", "-p", "ask Am I there?"]);
  await place.untilStatus("here", "idle");
  await place.untilStatus("there", "waiting");
  await server.tmux("new-session", "-d", "-s", "second", "-c", place.repo.path, "exec sleep 100000");
}, 60_000);

const opened = (screen: Screen) => screen.shows("? shows the keys");
const arrives = (screen: Screen, session: string) => until(async () => (await screen.session()) === session, { what: `the terminal shows ${session}`, show: screen.text });

test("with two terminals the one that pressed moves, whichever it is", async () => {
  const [one, two] = [await place.attach(), await place.attach({ session: "second" })];
  for (const [mine, other] of [[one, two], [two, one]] as const) {
    const before = await other.session();
    await mine.press("C-b", "A");
    await opened(mine);
    expect(await other.text()).not.toContain("shows the keys");
    await mine.press("Enter");
    await arrives(mine, "repo-there");
    expect(await other.session()).toBe(before);
    await server.tmux("switch-client", "-c", mine.client, "-t", before === "main" ? "=second" : "=main");
  }
  await one.close();
  await two.close();
}, 60_000);

test("two terminals on one session: the one that pressed moves", async () => {
  const [one, two] = [await place.attach(), await place.attach()];
  await one.press("C-b", "A");
  await opened(one);
  await one.press("Enter");
  await arrives(one, "repo-there");
  expect(await two.session()).toBe("main");
  await one.close();
  await two.close();
}, 60_000);

test("from an agent's own session it goes to another one, and kill of that session leaves the terminal attached", async () => {
  await place.ok(["create", "own", "-a", "demo", "-d", "-p", "say My own."]);
  await place.untilStatus("own", "idle");
  const screen = await place.attach({ session: "repo-own" });
  await screen.press("C-b", "A");
  await opened(screen);
  await screen.press("/");
  await screen.type("own");
  await screen.shows(/▶ +own/);
  await screen.press("Escape");
  await screen.shows(/│agents[\s\S]*▶ +own/);
  await screen.press("k");
  await screen.shows("Kill it?");
  await screen.press("Down", "Enter");
  await screen.shows("✓ killed own");
  await screen.press("q");
  await screen.hides("┌");
  expect(await screen.session()).not.toBe("repo-own");
  await screen.close();
}, 60_000);

test("a bare fleet in a pane opens the popup on its terminal; inside a popup and in a bare terminal the list runs right there", async () => {
  const shell = ["env", "PS1=$ ", "sh"];
  await server.tmux("new-window", "-t", "main:", "-c", place.repo.path, ...shell);
  const screen = await place.attach();
  await screen.shows("$");
  await screen.type(`${fleet}\n`);
  await opened(screen);
  await screen.shows("┌");
  await screen.press("Enter");
  await arrives(screen, "repo-there");
  await server.tmux("switch-client", "-c", screen.client, "-t", "=main");
  await server.tmux("bind-key", "P", "display-popup", "-E", "-w", "90%", "-h", "90%", ...shell);
  await screen.press("C-b", "P");
  await screen.shows("┌");
  await screen.shows("$");
  await screen.type(`${fleet}\n`);
  await opened(screen);
  await screen.press("Enter");
  await arrives(screen, "repo-there");
  await screen.close();
}, 60_000);

test("in a terminal without tmux a bare fleet lists, and Enter attaches; without a terminal it prints help", async () => {
  const { terminals } = await import("../helpers/terminal");
  const open = await terminals(server.env);
  const terminal = await open(`cd '${place.repo.path}' && '${fleet}'; echo "code=$?"; exec sleep 1000`);
  await terminal.shows("? shows the keys");
  await terminal.keys("Enter");
  await terminal.shows("[repo-ther");
  await terminal.keys("C-b", "d");
  await terminal.shows("code=0");
  await terminal.close();
  expect(await place.ok([])).toContain("Usage: fleet COMMAND");
}, 60_000);

test("from run-shell, which has no terminal, an action goes to the client that is named, and is told there", async () => {
  const [one, two] = [await place.attach(), await place.attach({ session: "second" })];
  const { id } = await place.agent("here");
  await server.tmux("run-shell", `${fleet} act switch --client '${two.client}' ${id} >/dev/null 2>&1 || true`);
  await arrives(two, "repo-here");
  expect(await one.session()).toBe("main");
  await server.tmux("run-shell", `${fleet} act copy --client '${two.client}' ${id} >/dev/null 2>&1 || true`);
  await two.shows("✓ copied: ");
  expect(await one.text()).not.toContain("copied");
  await one.close();
  await two.close();
}, 60_000);

test("a small terminal has the preview below, a large one beside; both show what is asked", async () => {
  const small = await place.attach({ columns: 80, rows: 24 });
  await small.press("C-b", "A");
  expect(await opened(small)).toMatch(/▶ +there +demo +◐ waiting/);
  const shown = await small.shows("1. yes (y)");
  expect(shown.indexOf("there")).toBeLessThan(shown.indexOf("Am I there?"));
  // The words that only filters see are out of sight.
  expect(shown).not.toContain("status:");
  await small.press("N");
  await small.shows("Esc cancel");
  await small.press("C-c");
  await opened(small);
  await small.press("?");
  await small.shows("any key goes back");
  await small.close();
  const large = await place.attach({ columns: 200, rows: 50 });
  await large.press("C-b", "A");
  await large.shows("1. yes (y)");
  expect(await large.text()).toMatch(/▶ +there .*│/);
  expect(await large.text()).not.toContain("status:");
  await large.close();
}, 60_000);

test("the list renews itself, and the cursor stays on its agent", async () => {
  const screen = await place.attach();
  await screen.press("C-b", "A");
  await opened(screen);
  await screen.press("j");
  await screen.shows(/▶ +here/);
  await place.ok(["prompt", "here", "ask Anew?"]);
  await screen.shows(/▶ +here +demo +◐ waiting/);
  await place.ok(["answer", "here", "yes"]);
  await screen.shows(/▶ +here +demo +. idle/);
  await screen.close();
}, 60_000);

test("the mouse picks an agent, and a double click goes to it", async () => {
  await server.tmux("set-option", "-g", "mouse", "on");
  const screen = await place.attach();
  await screen.press("C-b", "A");
  const text = await opened(screen);
  const row = text.split("\n").findIndex((line) => / here /.test(line)) + 1;
  await screen.click(20, row);
  await screen.shows(/▶ +here/);
  await screen.click(20, row, 2);
  await arrives(screen, "repo-here");
  await screen.close();
  await server.tmux("set-option", "-g", "mouse", "off");
}, 60_000);
