// A budget warns once, and interrupts where it is told to.
import { expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { binary } from "../helpers/binary";
import { openPlace } from "../helpers/place";
import { standInForClaude } from "../helpers/stand-in";
import { until } from "../helpers/until";

const place = await openPlace();
standInForClaude(place.server, await binary());
const { ok } = place;
const { home, fleetHome } = place.server;
const told = () => (existsSync(join(home, "told")) ? readFileSync(join(home, "told"), "utf8") : "");

function configure(lines: string): void {
  mkdirSync(fleetHome, { recursive: true });
  writeFileSync(join(fleetHome, "config.toml"), `[notify]\non = []\nby = []\ncommand = 'printf "%s\\n" "$FLEET_EVENT $FLEET_BRANCH: $FLEET_TEXT" >>"$HOME/told"'\n[budget]\n${lines}`);
}

test("an agent over its budget is told of once, and one within it is not", async () => {
  configure("agent = 0.005\n");
  await ok(["create", "spender", "-d", "-a", "claude", "-p", "x"]);
  await until(async () => (await place.agent("spender"))["cost"] !== null, { what: "a cost" });
  await ok(["tick"]);
  await until(() => told() !== "", { what: "the warning" });
  expect(told()).toBe("budget spender: spender has cost $0.01, its budget is $0.01\n");
  await ok(["tick"]);
  expect(told().split("\n")).toHaveLength(2);
  // The same cost is within a larger one.
  configure("agent = 5\n");
  await ok(["tick"]);
  expect(told().split("\n")).toHaveLength(2);
});

test("a batch is over its budget together, and each of its agents at work is interrupted", async () => {
  configure('batch = 0.008\nthen = ["warn", "interrupt"]\n');
  await ok(["tick"]);
  await ok(["fanout", "2", "tries", "-d", "--yes", "-a", "claude", "-p", "x"]);
  const ids = (await place.list("--batch", "tries")).map(({ id }) => id);
  expect(ids).toHaveLength(2);
  // Their own reports that they work set the look off.
  await until(() => told().includes("the batch tries has cost $0.01, its budget is $0.01"), { what: "the warning", show: told });
  await until(() => ids.every((id) => existsSync(join(home, `key-${id}`)) && readFileSync(join(home, `key-${id}`), "latin1") === "\u001b"), { what: "Esc in both panes", timeout: 15_000 });
  const spender = (await place.agent("spender")).id;
  expect(readFileSync(join(home, `key-${spender}`), "latin1")).toBe("");
});

test("a killed agent's money stays spent in the budget of its batch, also when the sums are read anew", async () => {
  configure("batch = 5\n");
  await ok(["kill", "tries-1", "--yes", "--force"]);
  configure("batch = 0.008\n");
  rmSync(join(home, "told"));
  await ok(["tick"]);
  await until(() => told() !== "", { what: "the warning" });
  expect(told()).toBe("budget tries-2: the batch tries has cost $0.01, its budget is $0.01\n");
  for (const name of ["budget.json", "tokens.json"]) rmSync(join(fleetHome, "cache", name));
  rmSync(join(home, "told"));
  await ok(["tick"]);
  await until(() => told() !== "", { what: "the warning" });
  // One that is back counts once.
  configure("batch = 0.0135\n");
  rmSync(join(home, "told"));
  await ok(["undo", "tries-1"]);
  await ok(["tick"]);
  expect(existsSync(join(home, "told"))).toBe(false);
});

test("an amount that is none is refused, with the line", async () => {
  configure('agent = "five"\n');
  const ran = await place.fleet(["config", "validate"]);
  expect(ran.code).toBe(1);
  expect(ran.stdout + ran.stderr).toMatch(/config\.toml:6.*budget\.agent.*expected a number, got "five"/s);
});
