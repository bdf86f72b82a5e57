// A fleet that is moved, removed or replaced while its agents run: programs notice nothing, and what a hook costs.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { COSTUMES, type Moment } from "../../scripts/measure/costumes";
import { giveOrders, makePrograms } from "../../scripts/measure/statuses";
import type { Row } from "../../src/fleet/doctor/doctor";
import { linkFleet } from "../../src/fleet/launch";
import { tickLine } from "../../src/ports/tmux/tick";
import { binary } from "../helpers/binary";
import { openPlace } from "../helpers/place";
import { terminals } from "../helpers/terminal";
import { until } from "../helpers/until";

setDefaultTimeout(40_000);
const place = await openPlace();
const { server, repo } = place;
const orders = makePrograms(server.root, server);
const openTerminal = await terminals(server.env);
/** The binary that the agents were started with; `elsewhere` is where it goes. */
const installed = join(server.root, "installed/fleet");
const elsewhere = join(server.root, "elsewhere");
const calls = join(server.root, "calls");
const KINDS = ["claude", "copilot", "codex", "demo"];
const ids = new Map<string, string>();

const run = async (...words: string[]) => {
  const child = Bun.spawn([installed, ...words], { cwd: repo.path, env: server.env, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [code, err] = await Promise.all([child.exited, child.stderr.text()]);
  if (code !== 0) throw new Error(`fleet ${words.join(" ")} ended with ${code}\n${err}`);
};
const at = async (kind: string, moment: Moment) => giveOrders(orders, ids.get(kind)!, COSTUMES[kind]![moment]!);
const hooks = (kind: string) => {
  const file = join(orders, `${ids.get(kind)}.hooks`);
  return existsSync(file) ? readFileSync(file, "utf8").trimEnd().split("\n").map((line) => JSON.parse(line) as { event: string; code: number; said: string }) : [];
};
const called = (program: string) => (existsSync(calls) ? readFileSync(calls, "utf8").split("\n").filter((line) => line.startsWith(`${program} `)) : []);

beforeAll(async () => {
  mkdirSync(join(server.root, "installed"));
  copyFileSync(await binary(), installed);
  // Every tmux that runs for an agent is counted.
  const real = Bun.which("tmux", { PATH: server.env["PATH"]! })!;
  writeFileSync(join(server.root, "bin/tmux"), `#!/bin/sh\n[ -n "$FLEET_ID" ] || [ -n "$COUNTED" ] || exec '${real}' "$@"\necho "tmux $*" >>'${calls}'\nexec '${real}' "$@"\n`);
  chmodSync(join(server.root, "bin/tmux"), 0o755);
  for (const kind of KINDS) {
    await run("create", kind, "-a", kind, "-d");
    ids.set(kind, (await place.agent(kind)).id);
    if (kind !== "demo") await at(kind, "ready");
    await place.untilStatus(kind, "idle");
  }
});

test("a hook is one process of fleet's and one tmux, also in a burst, and one tick for all that a person is to be told", async () => {
  // From now on its every start is counted. This is an upgrade too: another file at the same path.
  renameSync(installed, `${elsewhere}-real`);
  writeFileSync(installed, `#!/bin/sh\necho "fleet $*" >>'${calls}'\nCOUNTED=1 exec '${elsewhere}-real' "$@"\n`);
  chmodSync(installed, 0o755);
  const home = server.fleetHome;
  await until(() => existsSync(join(home, "cache/notices")) || (place.ok(["tick"]), false));
  rmSync(calls, { force: true });
  await at("claude", "prompted");
  await place.untilStatus("claude", "working");
  await at("claude", "done");
  await place.untilStatus("claude", "idle");
  expect(called("fleet").map((line) => line.split(" ").slice(1, 3).join(" "))).toEqual(["hook UserPromptSubmit", "hook Stop"]);
  expect(called("tmux")).toHaveLength(2);

  // Half of them ask something, which is told.
  for (let i = 0; i < 5; i++) await giveOrders(orders, ids.get("claude")!, [...COSTUMES["claude"]!.prompted!, ...COSTUMES["claude"]!.asks!]);
  expect(called("fleet").filter((line) => line.startsWith("fleet hook"))).toHaveLength(12);
  expect(called("fleet").filter((line) => line.startsWith("fleet tick")).length).toBeLessThanOrEqual(2);
  await until(() => place.kept("cache", "told.json").includes(ids.get("claude")!));
  await at("claude", "denied");
  await place.untilStatus("claude", "idle");
  expect(hooks("claude").filter(({ code, said }) => code !== 0 || said !== "")).toEqual([]);
});

for (const how of ["moved", "removed", "replaced by something that fails"] as const) {
  test(`a fleet that was ${how}: hooks end with 0 and without a word, statuses come from elsewhere, and nothing is shown in a pane`, async () => {
    rmSync(installed, { force: true });
    if (how === "moved") copyFileSync(await binary(), join(server.root, "moved-fleet"));
    if (how.startsWith("replaced")) writeFileSync(installed, "#!/bin/sh\necho 'cannot run this'; echo 'on this machine' >&2; exit 70\n", { mode: 0o755 });
    const terminal = await openTerminal("exec tmux attach -t =main:");
    await until(() => server.tmux("list-clients"));
    for (const kind of ["claude", "copilot", "codex"]) {
      await at(kind, "prompted");
      await place.untilStatus(kind, "working");
      await at(kind, "asks");
      expect(await place.untilStatus(kind, "waiting")).toMatchObject({ reason: "permission" });
      await at(kind, "done");
      await place.untilStatus(kind, "idle");
      expect(hooks(kind).filter(({ code, said }) => code !== 0 || said !== "")).toEqual([]);
    }
    // tmux's own ways to run it: the end of a session, and the timer.
    await server.tmux("new-session", "-d", "-s", "short", "true");
    await server.tmux("run-shell", "-b", "-d", "0.1", tickLine(installed, server.fleetHome));
    await server.tmux("run-shell", "sleep 0.5");
    expect(await server.tmux("display-message", "-p", "-t", "=main:", "#{pane_in_mode}")).toBe("0");
    expect(await terminal.screen()).not.toContain("returned");
    await terminal.close();
  });
}

test("doctor names every agent whose fleet is gone, and has it report to the one that is there", async () => {
  rmSync(installed, { force: true });
  const rows = async (...words: string[]) => (JSON.parse((await place.fleet(["doctor", "--json", ...words])).stdout) as Row[]).filter(({ check }) => check === "agents' fleet");
  const told = async () => server.tmux("display-message", "-p", "-t", (await place.agent("claude")).pane!, "#{@fleet_status} #{@fleet_source}");
  expect((await rows()).map(({ status, what, fixable }) => [status, what, fixable])).toEqual(KINDS.map((kind) => ["warn", `${kind} reports to a fleet that is gone: ${installed}`, true]));
  await rows("--fix");
  expect(await rows()).toMatchObject([{ status: "ok", what: "the 4 agents that run have it" }]);
  await at("claude", "prompted");
  await until(async () => (await told()) === "working hook");
  await at("claude", "done");
  await until(async () => (await told()) === "idle hook");
  for (const id of ids.values()) linkFleet(join(server.fleetHome, "agents", id), installed);
});

test("the wrapper tells an end, and starts the program again, without the binary", async () => {
  rmSync(installed, { force: true });
  const { pane } = await place.agent("codex");
  await giveOrders(orders, ids.get("codex")!, [{ exit: 3 }]);
  expect(await place.untilStatus("codex", "exited")).toMatchObject({ exit: 3 });
  expect(await place.screen("codex")).not.toMatch(/not found|No such file/);
  rmSync(join(orders, `${ids.get("codex")}`));
  rmSync(join(orders, `${ids.get("codex")}.done`));
  await server.tmux("send-keys", "-t", pane!, "r");
  await at("codex", "ready");
  await place.untilStatus("codex", "idle");
});

test("an upgrade in its place is used by the agents that run", async () => {
  copyFileSync(await binary(), `${installed}.new`);
  renameSync(`${installed}.new`, installed);
  await at("claude", "prompted");
  await until(async () => (await server.tmux("display-message", "-p", "-t", (await place.agent("claude")).pane!, "#{@fleet_status} #{@fleet_source}")) === "working hook");
});

afterAll(() => rmSync(join(server.root, "installed"), { recursive: true, force: true }));
