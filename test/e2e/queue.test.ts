// Queued prompts: in order, on every way in which a turn can end, and past the tmux server's end.
import { expect, setDefaultTimeout, test } from "bun:test";
import { existsSync } from "node:fs";
import { openPlace, said } from "../helpers/place";
import { until } from "../helpers/until";

setDefaultTimeout(40_000);
const place = await openPlace();
const { ok, fleet, server } = place;
const create = (branch: string, prompt: string) => ok(["create", branch, "-a", "demo", "-d", "-p", prompt]);
const queued = async () => JSON.parse(await ok(["queue", "--json"])) as { id: string; branch: string; text: string }[];
const says = (branch: string, words: string) => until(async () => (await place.screen(branch)).includes(words), { what: `${branch} says ${words}`, show: () => place.screen(branch) });

test("prompts for a busy agent go out one after the other, in order, once its turns are over", async () => {
  await create("busy", "work 2\nsay first is done");
  await place.untilStatus("busy", "working");
  await ok(["prompt", "busy", "--when-idle", "work 0.3\nsay second is done"]);
  await ok(["prompt", "busy", "--when-idle", "say third is done"]);
  expect((await queued()).map(({ text }) => text.split("\n").at(-1))).toEqual(["say second is done", "say third is done"]);
  expect((await fleet(["queue"])).stdout).toMatch(/q1\s+busy\s+idle\s+work 0.3 say second is done/);
  await says("busy", "● third is done");
  const screen = await place.screen("busy");
  const order = ["● first is done", "● second is done", "● third is done"].map((line) => screen.indexOf(line));
  expect(order).toEqual([...order].sort((a, b) => a - b));
  expect(screen.split("› say third is done").length).toBe(2);
  await until(async () => (await queued()).length === 0);
  expect(existsSync(`${server.fleetHome}/queue.json`)).toBe(false);
}, 30_000);

test("an idle agent gets it at once; one after another waits for that agent, which may simply end", async () => {
  await ok(["prompt", "busy", "--when-idle", "say at once"]);
  await says("busy", "● at once");
  await create("other", "work 2\nexit 3");
  await place.untilStatus("other", "working");
  await ok(["prompt", "busy", "--after", "other", "say after the other"]);
  await Bun.sleep(500);
  expect((await queued()).map(({ text }) => text)).toContain("say after the other");
  // No command is run meanwhile: the other program's end sends it.
  await until(async () => (await server.tmux("capture-pane", "-p", "-t", (await pane("busy")))).includes("● after the other"));
});
const pane = async (branch: string) => (JSON.parse(place.kept("state.json")) as { agents: Record<string, { branch: string; id: string }> }, (await place.agent(branch)).pane!);

test("an agent whose session is ended from outside frees who waited for it", async () => {
  await create("victim", "work 600");
  const { session } = await place.untilStatus("victim", "working");
  const busy = await pane("busy");
  await ok(["prompt", "busy", "--after", "victim", "say the victim is gone"]);
  await server.tmux("kill-session", "-t", `=${session}`);
  await until(async () => (await server.tmux("capture-pane", "-p", "-t", busy)).includes("● the victim is gone"));
});

test("entries can be cancelled, by id and by agent; unknown ones are refused", async () => {
  await create("slow", "work 600");
  await place.untilStatus("slow", "working");
  for (const text of ["one", "two", "three"]) await ok(["prompt", "slow", "--when-idle", text]);
  const [first] = await queued();
  await ok(["queue", "cancel", first!.id]);
  expect((await queued()).map(({ text }) => text)).toEqual(["two", "three"]);
  expect(said(await fleet(["queue", "cancel", "nobody"]))).toContain("nothing is queued under that name: nobody");
  await ok(["queue", "cancel", "slow"]);
  expect(await queued()).toEqual([]);
});

test("with --interrupt the turn is stopped first", async () => {
  await ok(["prompt", "slow", "--interrupt", "say now this"]);
  await says("slow", "● now this");
  expect(await place.screen("slow")).toContain("● interrupted");
});

test("a draft is not sent along, and the screen's question has the last word", async () => {
  const { pane } = await place.untilStatus("slow", "idle");
  await server.tmux("send-keys", "-t", pane!, "-l", "half a thought");
  await until(async () => (await place.screen("slow")).includes("> half a thought"));
  expect(said(await fleet(["prompt", "slow", "say x"]))).toContain("text that was not sent stands in the input box of slow: half a thought");
  expect(await place.screen("slow")).toContain("> half a thought");
});

test("what is queued survives the tmux server, and goes out when its agent is back and idle", async () => {
  await create("later", "work 600");
  await place.untilStatus("later", "working");
  await ok(["prompt", "later", "--when-idle", "say after the restart"]);
  await server.tmux("kill-server");
  await until(async () => (await place.list("--all")).every(({ status }) => status === "stopped"));
  expect((await queued()).map(({ text }) => text)).toEqual(["say after the restart"]);
  await ok(["start", "later"]);
  await says("later", "● after the restart");
  await until(async () => (await queued()).length === 0, { what: "an empty queue" });
}, 30_000);
