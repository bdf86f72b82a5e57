// How far a batch is, in the status line: told by the commands that change it, counted by tmux.
import { beforeAll, expect, test } from "bun:test";
import { openPlace } from "../helpers/place";
import { putStatusLine, removeStatusLine } from "../helpers/status-line";
import { until } from "../helpers/until";

const place = await openPlace();
const { server, ok } = place;
const shown = (target = "=main:") => server.tmux("display-message", "-p", "-t", target, "#{E:@fleet_text_batch}");
const shows = (text: string) => until(async () => { const now = await shown(); if (now !== text) throw new Error(now); return true; }, { what: JSON.stringify(text) });

beforeAll(() => putStatusLine(server, ""));

test("a batch is shown while one of its agents is at work, and counts those that are through", async () => {
  await ok(["fanout", "3", "faster", "-a", "demo", "-p", "ask Go on?"]);
  await shows("▸ faster 0/3");
  const [one, two] = await place.list();
  await ok(["answer", one!.branch, "yes"]);
  await shows("▸ faster 1/3");
  await ok(["kill", two!.branch, "--yes"]);
  await shows("▸ faster 1/2");
  expect(await shown(`=${one!.session}:`)).toBe("▸ faster 1/2");
  await ok(["undo"]);
  await ok(["start", two!.branch]);
  // Its question is not asked again.
  await shows("▸ faster 2/3");
});

test("its label is shown as it is, whatever stands in it", async () => {
  await ok(["batch", "rename", "faster", "#[fg=red]#(touch made),}%H"]);
  expect(await shown()).toBe("▸ ##[fg=red]##(touch made),}… 2/3");
  await ok(["batch", "rename", "#[fg=red]#(touch made),}%H", "faster"]);
});

test("those that wait for a free slot count too, and another batch is shown beside it", async () => {
  await ok(["fanout", "3", "slow", "-a", "demo", "--max-running", "1", "-p", "ask Go on?"]);
  await shows("▸ slow 0/3 ▸ faster 2/3");
  await ok(["answer", (await place.list()).find((agent) => agent.branch.startsWith("slow") && agent.status === "waiting")!.branch, "yes"]);
  await shows("▸ slow 1/3 ▸ faster 2/3");
});

test("what is through is shown no more, and nothing of it stays when the line is given back", async () => {
  // The next one has started; the one that still waits for a slot goes first, or a kill would give it that slot.
  const slow = async () => (await place.list("--all")).filter((agent) => agent.branch.startsWith("slow"));
  await until(async () => (await slow()).filter(({ status }) => status === "waiting" || status === "queued").length === 2);
  for (const { branch } of (await slow()).sort((a, b) => Number(b.status === "queued") - Number(a.status === "queued"))) await ok(["kill", branch, "--yes"]);
  await shows("▸ faster 2/3");
  for (const { branch } of (await place.list()).filter((agent) => agent.status === "waiting")) await ok(["answer", branch, "yes"]);
  await shows("");
  await removeStatusLine(server);
  expect(await server.tmux("show-environment", "-gh")).not.toContain("@fleet");
});
