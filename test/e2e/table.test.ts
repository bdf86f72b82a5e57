// The whole table, called: each --dry-run changes nothing, and each --json is JSON with what the words beside it say.
import { beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { allCommands } from "../../src/commands/index";
import { standInForForge } from "../helpers/forge";
import { openPlace } from "../helpers/place";
import { until } from "../helpers/until";

const place = await openPlace();
const { fleet, ok, repo, server } = place;

beforeAll(async () => {
  repo.write("kept.txt", "one\n");
  repo.write("gone.txt", "one\n");
  await repo.commit("Files");
  await repo.git("init", "-q", "--bare", join(server.root, "remote.git"));
  await repo.git("remote", "add", "origin", join(server.root, "remote.git"));
  await repo.git("push", "-q", "origin", "main");
  standInForForge(server, "gh");
  await ok(["fanout", "2", "pair", "-a", "demo", "-p", "say hello {{n}}", "-d"]);
  await ok(["create", "dead", "-a", "demo", "-d"]);
  await ok(["create", "asks", "-a", "demo", "-p", "ask May I tag it?", "-d"]);
  await ok(["create", "ready", "-a", "demo", "-p", "write ready.txt yes\ncommit Ready", "-d"]);
  for (const branch of ["pair-1", "pair-2", "dead", "ready"]) await place.untilStatus(branch, "idle");
  await place.untilStatus("asks", "waiting");
  await ok(["kill", "dead", "--yes"]);
  await ok(["prompt", "asks", "--when-idle", "say later"]);
  // Set by a process that the prompt leaves behind.
  await until(() => /"timer": [1-9]/.test(place.kept("queue.json")), { what: "the queue's timer" });
  await repo.git("worktree", "add", "-q", "-b", "by-hand", join(server.root, "by-hand"));
}, 60_000);

/** How each command that changes something is called; `null`: it asks on a terminal, and its dry run is tried elsewhere. */
const DRY: Record<string, string[]> = {
  create: ["create", "new", "-a", "demo"],
  adopt: ["adopt", "../by-hand", "-a", "demo"],
  fork: ["fork", "ready", "-p", "say hello"],
  fanout: ["fanout", "2", "new", "-a", "demo", "-p", "x"],
  multi: ["multi", "new:x", "-a", "demo"],
  prompt: ["prompt", "pair-1", "hello"],
  answer: ["answer", "asks", "yes"],
  snooze: ["snooze", "asks", "2h"],
  interrupt: ["interrupt", "pair-*"],
  exec: ["exec", "pair-*", "--dry-run", "--", "touch", "made here"],
  stop: ["stop", "pair-*"],
  start: ["start", "--all"],
  restart: ["restart", "pair-1"],
  rename: ["rename", "ready", "ready-now"],
  merge: ["merge", "ready"],
  sync: ["sync", "ready"],
  pr: ["pr", "ready"],
  keep: ["keep", "pair-1"],
  kill: ["kill", "--batch", "pair"],
  undo: ["undo", "dead"],
  gc: ["gc", "--older", "0s"],
  next: ["next"],
  batch: ["batch", "rename", "pair", "two"],
  queue: ["queue", "cancel", "asks"],
  config: ["config", "edit"],
  plugin: ["plugin", "--remove"],
  skill: ["skill", "install", "."],
  doctor: ["doctor", "--fix"],
};

describe("--dry-run", () => {
  const state = async () => ({
    ...(await place.traces() as object),
    options: await server.tmux("list-sessions", "-F", "#{session_name} #{@fleet_status} #{@fleet_snooze} #{@fleet_reason}"),
    // When tmux is to tick next: a tick sets it anew, whatever is called.
    files: ["state.json", "queue.json", "config.toml"].map((name) => (existsSync(join(server.fleetHome, name)) ? readFileSync(join(server.fleetHome, name), "utf8").replace(/"timer": \d+/, "") : null)),
    batches: await ok(["batch", "--json"]),
    worktrees: await ok(["exec", "*", "--", "git", "status", "--short"]),
  });

  test("is known to every command that changes something, and changes nothing", async () => {
    const changing = (await allCommands()).filter((row) => !row.internal && "dry-run" in row.flags).map(({ name }) => name);
    expect(changing.sort()).toEqual(Object.keys(DRY).sort());
    const before = await state();
    for (const words of Object.values(DRY)) {
      const ran = await fleet(words.includes("--dry-run") ? words : [...words, "--dry-run"]);
      expect([words, ran.code, ran.stdout + ran.stderr]).toEqual([words, 0, expect.stringMatching(/\S/)]);
    }
    expect(await state()).toEqual(before);
  }, 60_000);

  test("says what would be", async () => {
    expect(await ok(["exec", "pair-1", "--dry-run", "--", "touch", "made here"])).toBe(`pair-1: would run touch 'made here' in ${(await place.agent("pair-1")).worktree}\n`);
    expect(await ok(["snooze", "asks", "2h", "--dry-run"])).toBe("would be snoozed for 2h: asks\n");
    expect(await ok(["batch", "rename", "pair", "two", "--dry-run"])).toBe("would rename pair to two\n");
    expect(await ok(["queue", "cancel", "asks", "--dry-run"])).toBe("would cancel 1 entry\n");
    for (const time of ["soon", "5", "0m", "-5m"]) expect(await fleet(["snooze", "asks", time, "--dry-run"])).toMatchObject({ code: 2, stderr: expect.stringMatching(new RegExp(`snooze takes a .*: ${time}$`, "m")) });
  });
});

describe("--json", () => {
  const json = async (...words: string[]) => JSON.parse(await ok([...words, "--json"])) as unknown;

  test("of what is read about one agent", async () => {
    const { id, worktree } = await place.agent("pair-1");
    expect(await json("path", "pair-1")).toEqual({ id, branch: "pair-1", worktree });
    expect(await json("logs", "pair-1", "--screen")).toEqual([{ id, branch: "pair-1", status: "idle", lines: (await ok(["logs", "pair-1", "--screen"])).trimEnd().split("\n") }]);
    expect(await json("logs", "--batch", "pair", "-n", "1")).toEqual(["pair-1", "pair-2"].map((branch) => expect.objectContaining({ branch, lines: [expect.any(String)] })));
    expect(await json("answer", "asks")).toMatchObject({ branch: "asks", what: "permission", text: "May I tag it?" });
    expect(await json("version")).toEqual({ version: (await ok(["version"])).trim().replace("fleet ", ""), json: 1 });
    expect(await fleet(["logs", "pair-1", "-f", "--json"])).toMatchObject({ code: 2, stdout: "" });
  });

  test("of a diff: each file, how it changed, and its lines", async () => {
    const { id, worktree } = await place.agent("pair-2");
    const git = (...words: string[]) => repo.git("-C", worktree, ...words);
    writeFileSync(join(worktree, "kept.txt"), "one\ntwo\n");
    writeFileSync(join(worktree, "new \tname\n.txt"), "a\nb\nc\n");
    writeFileSync(join(worktree, "picture"), Buffer.from([0, 1, 2, 255]));
    await git("rm", "-q", "gone.txt");
    const [status, base] = [await git("status", "--porcelain"), await git("rev-parse", "HEAD")];
    expect(await json("diff", "pair-2")).toEqual({
      id, branch: "pair-2", base,
      files: [
        { path: "gone.txt", change: "deleted", added: 0, removed: 1 },
        { path: "kept.txt", change: "modified", added: 1, removed: 0 },
        { path: "new \tname\n.txt", change: "added", added: 3, removed: 0 },
        { path: "picture", change: "added", added: null, removed: null },
      ],
    });
    expect(await git("status", "--porcelain")).toBe(status);
    await git("reset", "-q", "--hard");
    await git("clean", "-qfd");
    expect(await json("diff", "pair-2")).toEqual({ id, branch: "pair-2", base, files: [] });
  });
});

test("a verb that reads means its own agent in an agent's pane; one that ends, stops or talks asks for a name", async () => {
  const { id } = await place.agent("pair-1");
  const env = { FLEET_ID: id };
  for (const words of [["path"], ["logs"], ["diff", "--stat"], ["explain"]]) expect([words, await fleet(words, { env })]).toEqual([words, expect.objectContaining({ code: 0 })]);
  for (const words of [["kill", "--yes"], ["kill", "--yes", "--force"], ["stop"], ["restart"], ["interrupt"], ["prompt"], ["snooze"], ["start"], ["exec", "--", "true"]]) {
    expect([words, await fleet(words, { env })]).toEqual([words, expect.objectContaining({ code: 2, stdout: "" })]);
  }
  expect((await place.agent("pair-1")).status).toBe("idle");
});

describe("a whole batch", () => {
  test("is killed, named to the last ref in one line, and brought back with one command", async () => {
    const agents = await place.list("--batch", "pair");
    for (const { worktree } of agents) writeFileSync(join(worktree, "work.txt"), "not committed\n");
    const killed = await fleet(["kill", "--batch", "pair", "--yes", "--force"]);
    const ids = agents.map(({ id }) => id);
    const [, braces] = /✓ killed: 2 of 2 agents; left: refs\/fleet\/trash\/\{([a-z0-9,]+)\}\n↳ fleet undo --batch pair\n$/.exec(killed.stderr) ?? [];
    expect(braces?.split(",").sort()).toEqual([...ids].sort());

    expect((await ok(["undo", "--batch", "pair", "--dry-run"])).split("\n").filter((line) => line.startsWith("brings back pair-"))).toHaveLength(2);
    const back = await fleet(["undo", "--batch", "pair"]);
    expect([back.code, back.stderr]).toEqual([0, expect.stringMatching(/✓ 2 of 2 brought back\n↳ fleet start --batch pair\n$/)]);
    expect((await place.list("--all", "--batch", "pair")).map(({ id, status }) => [id, status]).sort()).toEqual(ids.map((id) => [id, "stopped"]).sort());
    for (const { worktree } of agents) expect(readFileSync(join(worktree, "work.txt"), "utf8")).toBe("not committed\n");
    expect(await fleet(["undo", "--batch", "pair"])).toMatchObject({ code: 1, stderr: "✗ nothing to undo of this batch: pair\n↳ fleet undo --list\n" });
  });

  test("of which one can't come back: it is named, the rest comes, and the exit code is 1", async () => {
    await ok(["kill", "pair-1", "pair-2", "--yes", "--force"]);
    await repo.git("branch", "pair-1", "HEAD");
    await repo.git("commit", "-q", "--allow-empty", "-m", "Later");
    await repo.git("branch", "-f", "pair-1", "HEAD");
    const back = await fleet(["undo", "pair-1", "pair-2"]);
    expect([back.code, back.stderr]).toEqual([1, expect.stringMatching(/✗ pair-1: the branch is taken, or has moved since: pair-1\n[^]*✓ brought back: pair-2 in .*\n✓ 1 of 2 brought back\n↳ fleet start pair-2\n$/)]);
    await repo.git("branch", "-D", "pair-1");
    await ok(["undo", "--batch", "pair"]);
  });
});

