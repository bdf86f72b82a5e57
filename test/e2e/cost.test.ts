// Tokens and cost as a person sees them: in the list, by fleet cost, and after a kill and an undo.
import { expect, test } from "bun:test";
import { appendFileSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { binary } from "../helpers/binary";
import { openPlace } from "../helpers/place";
import { standInForClaude } from "../helpers/stand-in";
import { putStatusLine } from "../helpers/status-line";
import { until } from "../helpers/until";

const place = await openPlace();
standInForClaude(place.server);
const { ok, agent } = place;

interface Costs {
  by: string;
  rows: { name: string | null; agents: number; input: number; output: number; cacheRead: number; cost: number | null; agent: { killed: boolean } | null }[];
  total: { input: number; cost: number };
}
const cost = async (...words: string[]) => JSON.parse(await ok(["cost", "--json", ...words])) as Costs;

test("an agent whose program keeps a transcript shows its tokens and cost, another one nothing", async () => {
  await ok(["create", "spender", "-d", "-a", "claude", "-p", "x"]);
  await ok(["create", "quiet", "-d", "-a", "demo"]);
  const spender = await until(async () => {
    const now = await agent("spender");
    return now["costPartial"] === false ? now : null;
  }, { what: "tokens" });
  expect(spender["tokens"]).toEqual({ input: 1000, output: 50, cacheRead: 200, cacheWrite: 0 });
  expect(spender["cost"]).toBeGreaterThan(0);
  expect(spender["costPartial"]).toBe(false);
  expect((await agent("quiet"))["tokens"]).toBeNull();
  const table = await ok(["list"]);
  expect(table).toMatch(/ tokens +cost /);
  expect(table).toMatch(/spender .* 1k +\$0\.00/);
});

test("a batch's heading has the sums of its agents", async () => {
  await ok(["fanout", "2", "tries", "-d", "--yes", "-a", "claude", "-p", "x"]);
  await until(async () => /tries .* 2k? tokens · \$0\.0/.test(await ok(["list", "--grouped"])) || /tries .*3k tokens/.test(await ok(["list", "--grouped"])), { what: "sums of the batch", show: () => ok(["list", "--grouped"]) });
});

test("fleet cost sums by agent, kind, batch, repo and day", async () => {
  expect((await cost()).rows.map(({ name, input }) => [name, input])).toEqual([["spender", 1000], ["tries-1", 1000], ["tries-2", 1000]]);
  expect((await cost("--by", "kind")).rows).toEqual([expect.objectContaining({ name: "claude", agents: 3, input: 3000, output: 150, cacheRead: 600 })]);
  expect((await cost("--by", "batch")).rows.map(({ name, agents }) => [name, agents])).toEqual([["tries", 2], [null, 1]]);
  expect((await cost("--by", "repo")).rows).toHaveLength(1);
  expect((await cost("--by", "day", "--days", "2")).rows).toHaveLength(1);
  expect((await cost("--batch", "tries")).total.input).toBe(2000);
  expect(await ok(["cost"])).toMatch(/branch .*cost\n[\s\S]*total/);
});

test("what a killed agent used stays known; undone it is there again, and another one in its place begins with nothing", async () => {
  const before = await cost();
  await ok(["kill", "spender", "--yes"]);
  const after = await cost();
  expect(after.total).toEqual(before.total);
  expect(after.rows.find(({ name }) => name === "spender")!.agent!.killed).toBe(true);
  await ok(["undo"]);
  const again = await cost();
  expect(again.total).toEqual(before.total);
  expect(again.rows.find(({ name }) => name === "spender")!.agent!.killed).toBe(false);
  await ok(["kill", "spender", "--yes"]);
  await ok(["create", "spender", "-d", "-a", "claude", "-p", "x"]);
  await until(async () => (await cost()).rows.filter(({ name }) => name === "spender").length === 2, { what: "two agents" });
  expect((await cost()).total.input).toBe(before.total.input + 1000);
});

test("logs shows the conversation without its control bytes, before and after a stop; --pane and --screen the pane", async () => {
  const conversation = "❯ say red\n\n● It is done.\n";
  expect(await ok(["logs", "tries-1"])).toBe(conversation);
  expect(JSON.parse(await ok(["logs", "tries-1", "--json", "-n", "1"]))).toEqual([expect.objectContaining({ branch: "tries-1", lines: ["● It is done."] })]);
  expect(await ok(["logs", "tries-1", "--pane"])).not.toContain("It is done.");
  expect(await ok(["logs", "tries-1", "--screen"])).not.toContain("It is done.");
  await ok(["stop", "tries-1"]);
  expect(await ok(["logs", "tries-1"])).toBe(conversation);
});

test("logs -f prints what comes", async () => {
  const child = Bun.spawn([await binary(), "logs", "tries-2", "-f"], { cwd: place.repo.path, env: place.server.env, stdout: "pipe", stderr: "pipe" });
  let text = "";
  const reading = (async () => {
    for await (const piece of child.stdout) text += Buffer.from(piece).toString();
  })();
  await until(() => text.includes("It is done."));
  const { worktree } = await agent("tries-2");
  const project = join(place.server.home, ".claude/projects", worktree.replace(/[^a-zA-Z0-9]/g, "-"));
  const file = join(project, readdirSync(project)[0]!);
  appendFileSync(file, readFileSync(file, "utf8"));
  await until(() => text.match(/It is done/g)?.length === 2, { what: "the second turn", show: () => text });
  child.kill("SIGINT");
  await reading;
  expect(text).toBe("❯ say red\n\n● It is done.\n\n❯ say red\n\n● It is done.\n");
});

test("the status line has the sum of the agents that there are", async () => {
  await putStatusLine(place.server);
  await ok(["poll", "none"]);
  const total = (await place.list("--all")).reduce((sum, one) => sum + Number(one["cost"] ?? 0), 0);
  expect(await place.server.tmux("show-environment", "-gh", "@fleet_all_cost")).toBe(`@fleet_all_cost=$${total.toFixed(2)}`);
  expect(await place.server.tmux("display-message", "-p", "#{E:@fleet_text_cost}")).toBe(`cost $${total.toFixed(2)}`);
});

test("a batch that nobody knows is refused, and no tokens are a note", async () => {
  const ran = await place.fleet(["cost", "--batch", "nope"]);
  expect([ran.code, ran.stderr]).toEqual([1, "✗ no such batch: nope\n↳ fleet cost --by batch\n"]);
  expect((await place.fleet(["cost", "--days", "0"])).code).toBe(2);
});
