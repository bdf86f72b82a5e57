// Every row of the popup's key table, pressed at a real terminal.
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { ACTION_KEYS, type ActionName } from "../../src/base/keys";
import { popupPlace, type Screen } from "../helpers/popup";
import { until } from "../helpers/until";

const place = await popupPlace();
const { server } = place;
let screen: Screen;

beforeAll(async () => {
  await Promise.all(
    [["done-one", "write one.txt first line\nsay I am done."], ["quiet-one", "say Nothing to do."], ["clean-one", "say Clean."]].map(async ([branch = "", prompt = ""]) => {
      await place.ok(["create", branch, "-a", "demo", "-d", "-p", prompt]);
      await place.untilStatus(branch, "idle");
    }),
  );
}, 60_000);

beforeEach(async () => (screen = await place.attach({ columns: 200, rows: 50 })));
afterEach(() => screen.close());

async function open(): Promise<void> {
  await screen.press("C-b", "A");
  await screen.shows("? shows the keys");
}

/** Open it with the cursor on that agent. */
async function openOn(branch: string): Promise<void> {
  await open();
  await screen.press("/");
  await screen.shows("filter: ");
  await screen.type(branch);
  await screen.shows(new RegExp(`filter: ${branch}`));
  await screen.shows(new RegExp(`▶ +${branch}`));
  await screen.press("Escape");
  await screen.hides("filter: ");
  await screen.shows(new RegExp(`▶ +${branch} `));
}

async function asking(branch: string, prompt = "ask May I tag it?"): Promise<void> {
  await place.ok(["create", branch, "-a", "demo", "-d", "-p", prompt]);
  await place.untilStatus(branch, "waiting");
  await open();
  await screen.shows(new RegExp(`▶ +${branch} +demo +◐ waiting`));
}

const CASES: Record<ActionName, () => Promise<void>> = {
  async switch() {
    await openOn("done-one");
    await screen.press("Enter");
    await until(async () => (await screen.session()) === "repo-done-one", { what: "the terminal shows the agent", show: screen.text });
    await screen.hides("agents ");
    expect((await place.agent("done-one"))["seen"]).toBe(true);
  },
  async yes() {
    await asking("says-yes");
    await screen.shows("Permission required");
    await screen.press("y");
    await screen.shows("✓ answered says-yes: yes");
    await place.untilStatus("says-yes", "idle");
    expect(await place.screen("says-yes")).toContain("  yes");
    await screen.press("y");
    await screen.shows("✗ says-yes asks nothing: it is idle");
  },
  async no() {
    await asking("says-no");
    await screen.press("n");
    await screen.shows("✓ answered says-no: no");
    await place.untilStatus("says-no", "idle");
    await screen.press("n");
    await screen.shows("a new agent in repo");
    await screen.press("C-c");
    await screen.shows("? shows the keys");
  },
  async choice() {
    await asking("chooses", "choose Which one? | red | blue");
    await screen.press("9");
    await screen.shows("✗ chooses shows 2 choices: 9");
    await screen.press("2");
    await screen.shows("✓ answered chooses: blue");
  },
  async answer() {
    await asking("first-asks", `ask May I ${"run this and ".repeat(30)}tag?\nask And push?`);
    await screen.press("A");
    await screen.shows("run this and tag?");
    await screen.shows("Allow this? (permission)");
    await screen.press("Enter");
    await screen.shows("And push?");
    await screen.press("Enter");
    await screen.shows("2 answered, none left");
    await screen.press("q");
    await asking("then-asks");
    await screen.press("A");
    await screen.shows("Allow this? (permission)");
    await screen.press("Up", "Up", "Enter");
    await until(async () => (await screen.session()) === "repo-then-asks", { what: "the terminal shows the agent", show: screen.text });
    await screen.hides("agents ");
    await place.ok(["answer", "then-asks", "no"]);
  },
  async prompt() {
    await openOn("quiet-one");
    await screen.press("p");
    await screen.shows("prompt for quiet-one");
    await screen.type("say Prompted from the popup");
    await screen.press("Enter");
    await screen.shows("✓ prompted: quiet-one");
    await screen.shows("Prompted from the popup");
  },
  async diff() {
    await openOn("done-one");
    await screen.press("d");
    await screen.shows("+first line");
    await screen.hides("agents ");
    await screen.press("q");
    await screen.shows("? shows the keys");
    await screen.press("/");
    await screen.type("quiet-one");
    await screen.hides(/done-one/);
    await screen.press("Escape");
    await screen.shows(/▶ +quiet-one/);
    await screen.hides("filter: ");
    await screen.press("d");
    await screen.shows("quiet-one has changed nothing");
  },
  async logs() {
    await openOn("done-one");
    await screen.press("l");
    await screen.shows("I am done.");
    await screen.hides("agents ");
    await screen.press("q");
    await screen.shows("? shows the keys");
  },
  async compare() {
    await openOn("done-one");
    await screen.press("=");
    await screen.shows("✗ done-one is of no batch, so there are no other attempts");
    await screen.shows(/▶ +done-one/);
  },
  async new() {
    await open();
    await screen.press("N");
    await screen.shows("a new agent in repo");
    await screen.type("main");
    await screen.shows("checked out in");
    await screen.press("C-u");
    await screen.type("made/here");
    await screen.press("Enter");
    await screen.shows("▶ prompt");
    await screen.type("say Made in a popup");
    await screen.press("Enter");
    await screen.shows("✓ made/here is coming up");
    await place.untilStatus("made/here", "idle");
    expect((await place.agent("made/here")).doing).toBe("Made in a popup");
    await screen.shows(/made\/here +demo/);
  },
  async fanout() {
    await open();
    await screen.press("f");
    await screen.shows("several agents with one prompt in repo");
    await screen.press("2", "Enter");
    await screen.shows("▶ prompt");
    await screen.type("say Twice {{n}}");
    await screen.press("Enter");
    await screen.shows("2 agents are coming up");
    await until(async () => (await place.list()).filter((agent) => /^Twice [12]$/.test(agent.doing ?? "")).length === 2, { what: "both agents at work", show: async () => JSON.stringify((await place.list()).map(({ branch, doing }) => [branch, doing])) });
  },
  async snooze() {
    await openOn("done-one");
    await screen.press("s");
    await screen.shows("✓ snoozed for 10m: done-one");
    expect((await place.agent("done-one"))["snoozed"]).toBe(true);
  },
  async stop() {
    await openOn("quiet-one");
    await screen.press("x");
    await screen.shows("✓ stopped: quiet-one");
    expect((await place.agent("quiet-one")).status).toBe("stopped");
    await screen.press("Enter");
    await screen.shows("✗ quiet-one has no session: it is stopped: r starts it");
  },
  async restart() {
    await openOn("quiet-one");
    await screen.press("r");
    await screen.shows("✓ started again: quiet-one");
    expect((await place.agent("quiet-one")).session).toBe("repo-quiet-one");
  },
  async kill() {
    await openOn("clean-one");
    await screen.press("k");
    await screen.shows("Kill it?");
    expect(await screen.text()).toMatch(/moves .*clean-one.* to the trash[\s\S]*deletes +the branch clean-one/);
    await screen.press("Enter");
    await screen.shows("? shows the keys");
    expect((await place.agent("clean-one")).status).toBe("idle");
    await screen.press("k");
    await screen.shows("Kill it?");
    await screen.press("Down", "Enter");
    await screen.shows("✓ killed clean-one; u brings it back");
    expect((await place.list("--all")).some(({ branch }) => branch === "clean-one")).toBe(false);
  },
  async undo() {
    await open();
    await screen.press("u");
    await screen.shows("✓ clean-one is back, stopped: r starts it");
    expect((await place.agent("clean-one")).status).toBe("stopped");
  },
  async copy() {
    await openOn("done-one");
    await screen.press("c");
    await screen.shows("✓ copied: ");
    expect(await server.tmux("show-buffer")).toBe((await place.agent("done-one")).worktree);
  },
  async mark() {
    await openOn("done-one");
    await screen.press("Space");
    await screen.shows("● done-one");
    await actsOnTheMark();
  },
  async preview() {
    await openOn("done-one");
    await screen.press("Tab");
    await screen.shows("+first line");
    await screen.press("Tab");
    await screen.shows("● I am done.");
    await screen.press("Tab");
    await screen.shows(/worktree +.*done-one/);
    await screen.press("Tab");
    await screen.hides(/worktree +.*done-one/);
  },
  async filter() {
    await open();
    await screen.press("/");
    await screen.type("repo:repo status:idle done-one");
    await screen.shows(/▶ +done-one/);
    await screen.hides(/quiet-one/);
    await screen.press("Enter");
    await until(async () => (await screen.session()) === "repo-done-one", { what: "the terminal shows the agent", show: screen.text });
  },
  async renew() {
    await open();
    await place.ok(["create", "brand-new", "-a", "demo", "-d", "-p", "say New."]);
    await screen.press("C-r");
    await screen.shows("brand-new");
  },
  async help() {
    await open();
    await screen.press("?");
    await screen.shows("any key goes back");
    const text = await screen.text();
    for (const row of ACTION_KEYS) expect(text).toContain(row.doc);
    await screen.press("x");
    await screen.shows("? shows the keys");
  },
  async close() {
    await open();
    await screen.press("q");
    await screen.hides("┌");
    await open();
    await screen.press("Escape");
    await screen.hides("┌");
    expect(await screen.session()).toBe("main");
  },
};

/** With done-one marked and the cursor elsewhere, an action is on the mark, and uses it up. */
async function actsOnTheMark(): Promise<void> {
  await screen.hides(/▶ +● done-one/);
  await screen.press("s");
  await screen.shows("✓ snoozed for 10m: done-one");
  await screen.hides("● done-one");
}

describe("the key", () => {
  for (const row of ACTION_KEYS) test(`${row.key}: ${row.doc}`, () => CASES[row.name](), 60_000);
});
