// `list --counts` and `list --watch --json`.
import { expect, setDefaultTimeout, test } from "bun:test";
import { takeNews } from "../../src/fleet/news";
import { binary } from "../helpers/binary";
import { anAgent } from "../helpers/model";
import { openPlace } from "../helpers/place";
import { until } from "../helpers/until";

setDefaultTimeout(40_000);
const place = await openPlace();
const { ok } = place;

test("news is what a person would call a change", () => {
  const known = new Map();
  const agent = anAgent({ status: "working", cpu: 3 });
  expect(takeNews(known, [agent]).map((news) => news.is)).toEqual(["added"]);
  expect(takeNews(known, [{ ...agent, cpu: 80, memory: 5, ahead: 2 }])).toEqual([]);
  expect(takeNews(known, [{ ...agent, status: "idle" }])).toMatchObject([{ is: "changed", agent: { status: "idle" } }]);
  expect(takeNews(known, [])).toEqual([{ is: "removed", id: agent.record.id, branch: agent.branch }]);
  expect(takeNews(known, [])).toEqual([]);
});

test("counts are one line, or an object with every status", async () => {
  expect(await ok(["list", "--counts"])).toBe("no agents\n");
  await ok(["create", "a", "-a", "demo", "-d", "-p", "say done"]);
  await ok(["create", "b", "-a", "demo", "-d", "-p", "ask May I?"]);
  await Promise.all([place.untilStatus("a", "idle"), place.untilStatus("b", "waiting")]);
  expect(await ok(["list", "--counts"])).toBe("1 waiting · 1 idle (1 not seen)\n");
  expect(JSON.parse(await ok(["list", "--counts", "--json"]))).toMatchObject({ waiting: 1, working: 0, idle: 1, stopped: 0, unseen: 1 });
});

test("watching as JSON gives every agent once, then one line for a change", async () => {
  const child = Bun.spawn([await binary(), "list", "--watch", "--json"], { cwd: place.repo.path, env: place.server.env, stdout: "pipe", stderr: "inherit", stdin: "ignore" });
  let text = "";
  void (async () => { for await (const bytes of child.stdout) text += new TextDecoder().decode(bytes); })();
  const lines = () => text.split("\n").filter(Boolean).map((line) => JSON.parse(line) as { is: string; branch: string; status?: string });
  await until(() => lines().length === 2);
  expect(lines().map(({ is, branch }) => `${is} ${branch}`).sort()).toEqual(["added a", "added b"]);
  await ok(["answer", "b", "no"]);
  await until(() => lines().some(({ is, branch, status }) => is === "changed" && branch === "b" && status === "idle"));
  await ok(["kill", "b", "--yes", "--force"]);
  await until(() => lines().some(({ is, branch }) => is === "removed" && branch === "b"));
  child.kill("SIGINT");
  expect(await child.exited).toBe(0);
  expect(lines().filter(({ branch }) => branch === "a")).toHaveLength(1);
});
