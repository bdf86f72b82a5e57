// Killing several from the popup: what each would lose, nothing at a slip of the hand, uncommitted work only by its word, and back again.
import { expect, test } from "bun:test";
import { popupPlace } from "../helpers/popup";

const place = await popupPlace();
const branches = async () => (await place.list("--all")).map(({ branch }) => branch).sort();

test("what is marked is killed as far as nothing is lost; the rest by a word; u brings all of it back", async () => {
  await place.ok(["create", "clean", "-a", "demo", "-d", "-p", "say Clean."]);
  await place.ok(["create", "dirty", "-a", "demo", "-d", "-p", "write loose.txt only here\nsay Dirty."]);
  await place.untilStatus("clean", "idle");
  await place.untilStatus("dirty", "idle");
  const screen = await place.attach({ columns: 120, rows: 40 });
  await screen.press("C-b", "A");
  await screen.shows("? shows the keys");
  await screen.press("Space");
  await screen.shows(/● (clean|dirty)/);
  await screen.press("Space");
  await screen.shows(/● (clean|dirty)[\s\S]*● (clean|dirty)/);

  await screen.press("k");
  const plan = await screen.shows("Kill these 2?");
  expect(plan).toContain("dirty has uncommitted work: 1 path");
  expect(plan).toMatch(/deletes +the branch clean/);
  expect(plan).toMatch(/[●◆] keep all/);
  await screen.press("Enter");
  await screen.shows("? shows the keys");
  expect(await branches()).toEqual(["clean", "dirty"]);
  expect(await screen.text()).toMatch(/● (clean|dirty)[\s\S]*● (clean|dirty)/);

  await screen.press("k");
  await screen.shows("Kill these 2?");
  await screen.press("Down", "Enter");
  await screen.shows("✓ killed clean; u brings it back");
  expect(await branches()).toEqual(["dirty"]);

  for (const [word, done] of [["yes", false], ["discard", true]] as const) {
    await screen.press("k");
    await screen.shows("Kill it?");
    await screen.press("Down", "Enter");
    await screen.shows("Type discard to discard it");
    await screen.type(word);
    await screen.press("Enter");
    await screen.shows(done ? "✓ killed dirty" : "nothing was killed");
    expect(await branches()).toEqual(done ? [] : ["dirty"]);
  }

  for (const branch of ["dirty", "clean"]) {
    await screen.press("u");
    await screen.shows(`✓ ${branch} is back`);
  }
  expect(await branches()).toEqual(["clean", "dirty"]);
  expect(await Bun.file(`${(await place.list("--all")).find(({ branch }) => branch === "dirty")!.worktree}/loose.txt`).text()).toBe("only here\n");
  await screen.press("u");
  await screen.shows("✗ nothing to undo");
  await screen.close();
}, 90_000);
