// fleet adopt: a worktree, or a session, that was there before becomes an agent; whatever ends the agent leaves them as they were.
import { afterAll, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Row } from "../../src/fleet/doctor/doctor";
import { binary } from "../helpers/binary";
import { openTestRepo } from "../helpers/repo";
import { openOwnThings, runs } from "../helpers/own-things";
import { until } from "../helpers/until";

const { place, fleet, ok, repo, server, worktree, session, optionsOf, hooksOf, own } = await openOwnThings();

test("a worktree without a session gets one, and a kill ends that and leaves worktree, work and branch; undo brings it back", async () => {
  const at = await worktree("by-hand");
  const before = await own(at);
  const told = JSON.parse(await ok(["adopt", at, "-a", "quiet", "--json"])) as Record<string, unknown>;
  expect(told).toMatchObject({ branch: "by-hand", kind: "quiet", worktree: at, session: "repo-by-hand", made: true, base: { branch: "main" } });
  const agent = await place.agent("by-hand");
  expect(agent).toMatchObject({ adopted: true, worktree: at, session: "repo-by-hand", status: "unknown", id: told["id"] });
  expect((await place.list("--json")).find(({ id }) => id === agent.id)).toMatchObject({ dirty: 1, ahead: 0 });
  // Uncommitted work needs no word: nothing of it goes.
  const killed = await fleet(["kill", "by-hand", "--yes"]);
  expect(killed.code).toBe(0);
  expect(killed.stderr).toContain(`killed: by-hand; left: branch by-hand, worktree ${at}`);
  expect(killed.stderr).toContain(`leaves    ${at} as it is: fleet did not make it`);
  expect(await own(at)).toEqual(before);
  expect(runs(agent.pid!)).toBe(false);
  expect(await server.tmux("list-sessions", "-F", "#{session_name}")).toBe("main");
  expect((await place.list("--all")).length).toBe(0);
  expect(existsSync(join(server.root, ".trash"))).toBe(false);
  expect(JSON.parse(await ok(["undo", "--list", "--json"]))).toEqual([expect.objectContaining({ id: agent.id, worktree: at, ref: null })]);
  await ok(["undo"]);
  expect((await place.list("--all"))[0]).toMatchObject({ id: agent.id, adopted: true, status: "stopped", worktree: at });
  await ok(["start", "by-hand"]);
  expect(await place.untilStatus("by-hand", "unknown")).toMatchObject({ session: "repo-by-hand" });
  await ok(["kill", "by-hand", "--yes"]);
  expect(await own(at)).toEqual(before);
});

test("a session becomes an agent as it is, is never ended, and is as it was once the agent is gone", async () => {
  const at = await worktree("in-session");
  const mine = await session("my work", at, "exec sleep 100000");
  const before = [await own(at), await optionsOf(mine.id), await hooksOf(mine.pane)];
  await ok(["adopt", "my work"]);
  const agent = await place.agent("in-session");
  expect(agent).toMatchObject({ adopted: true, kind: "quiet", session: "my work", pane: mine.pane, pid: mine.pid, status: "unknown" });
  expect(await server.tmux("display-message", "-p", "-t", mine.pane, "#{session_name}|#{window_name}|#{pane_pid}")).toContain(`my work|`);
  for (const verb of ["stop", "restart"]) {
    const refused = await fleet([verb, "in-session"]);
    expect([verb, refused.code, refused.stderr]).toEqual([verb, 1, expect.stringContaining("fleet did not make the session of in-session, so it is not ended: my work")]);
  }
  const renamed = await fleet(["rename", "in-session", "renamed"]);
  expect(renamed.code).toBe(0);
  expect(await place.agent("renamed")).toMatchObject({ session: "my work", status: "unknown" });
  await ok(["rename", "renamed", "in-session"]);
  const unmerged = await fleet(["merge", "in-session", "--commit"]);
  expect([unmerged.code, unmerged.stderr]).toEqual([1, expect.stringContaining("can't tell whether in-session is at work\n↳ fleet attach in-session   (end the program there)")]);
  const usual = JSON.parse(await ok(["doctor", "--json"])) as Row[];
  expect(usual.filter(({ status, what }) => status === "warn" && what.includes("in-session"))).toEqual([]);
  const strange = JSON.parse(await ok(["doctor", "--json"], { env: { FLEET_HOME: join(server.root, "other-home") } })) as Row[];
  expect(strange.find(({ check, what }) => check === "state" && what.startsWith("session my work"))?.hint).toBe(`tmux set-option -u -t '${mine.id}' @fleet_id   (the session stays as it is)`);
  // As the status line asks for them.
  await server.tmux("set-environment", "-h", "-t", mine.id, "@fleet_cpu", "1%");
  await server.tmux("set-environment", "-h", "-t", mine.id, "@fleet_mem", "2M");
  const killed = await fleet(["kill", "in-session", "--yes", "--force"]);
  expect(killed.stderr).toContain("leaves    the session my work and its program as they are");
  expect(runs(mine.pid)).toBe(true);
  expect([await own(at), await optionsOf(mine.id), await hooksOf(mine.pane)]).toEqual(before);
  expect(await server.tmux("show-environment", "-h", "-t", mine.id)).toBe("");
  // While it is there, an undo takes it up again.
  expect((await fleet(["undo"])).stderr).toContain("↳ fleet attach in-session");
  expect(await place.agent("in-session")).toMatchObject({ id: agent.id, session: "my work", pid: mine.pid, kind: "quiet" });
  await ok(["kill", "in-session", "--yes"]);
  expect(runs(mine.pid)).toBe(true);
  expect([await own(at), await optionsOf(mine.id), await hooksOf(mine.pane)]).toEqual(before);
  await server.tmux("kill-session", "-t", mine.id);
});

test("a program under a shell is known by its process; once it has ended nothing is typed into that shell, and a start makes another session", async () => {
  const at = await worktree("under-shell");
  const mine = await session("shelled", at, "exec sh");
  await server.tmux("send-keys", "-t", mine.pane, "sleep 100000", "Enter");
  const program = await until(async () => {
    const [pid] = (await Bun.file(`/proc/${mine.pid}/task/${mine.pid}/children`).text()).trim().split(" ").filter(Boolean);
    if (!pid || !readFileSync(`/proc/${pid}/cmdline`, "utf8").startsWith("sleep")) throw new Error("not yet");
    return Number(pid);
  }, { what: "sleep under the shell" });
  // From within, without a word: the worktree and the session that one stands in.
  await ok(["adopt"], { cwd: at, env: { TMUX: `${server.socket},0,0`, TMUX_PANE: mine.pane } });
  expect(await place.agent("under-shell")).toMatchObject({ kind: "quiet", session: "shelled", status: "unknown" });
  process.kill(program, "SIGTERM");
  await until(async () => (await place.agent("under-shell")).status === "exited", { what: "its end is seen" });
  const refused = await fleet(["prompt", "under-shell", "touch typed-into-the-shell"]);
  expect([refused.code, refused.stderr.includes("the program of under-shell has ended")]).toEqual([1, true]);
  expect(await server.screen(mine.pane)).not.toContain("typed-into-the-shell");
  await ok(["start", "under-shell"]);
  const agent = await place.agent("under-shell");
  expect([agent.session, runs(mine.pid), await optionsOf(mine.id)]).toEqual(["repo-under-shell", true, ""]);
  await ok(["kill", "under-shell", "--yes"]);
  expect([runs(mine.pid), runs(agent.pid!), existsSync(join(at, "work.txt"))]).toEqual([true, false, true]);
  await server.tmux("kill-session", "-t", mine.id);
});

test("once its own pane is closed it has ended, whatever runs in other panes of that session, and a start makes another", async () => {
  const at = await worktree("closed");
  const mine = await session("two-panes", at, "exec sleep 100000");
  await ok(["adopt", "=two-panes"]);
  const other = await server.tmux("split-window", "-d", "-P", "-F", "#{pane_id}", "-t", mine.pane, "-c", at, "sleep 100000; exec cat");
  await server.tmux("kill-pane", "-t", mine.pane);
  expect(await place.agent("closed")).toMatchObject({ status: "exited", session: "two-panes" });
  for (const words of [["prompt", "closed", "typed"], ["interrupt", "closed"]]) expect([words, await fleet(words)]).toEqual([words, expect.objectContaining({ code: 1, stderr: expect.stringContaining("the program of closed has ended") })]);
  await ok(["start", "closed"]);
  expect([(await place.agent("closed")).session, await optionsOf(mine.id), (await server.screen(other)).trim()]).toEqual(["repo-closed", "", ""]);
  await ok(["kill", "closed", "--yes"]);
  await server.tmux("kill-session", "-t", mine.id);
});

test("of two adoptions at once one is refused, and one agent is there", async () => {
  const at = await worktree("raced");
  const rans = await Promise.all([1, 2, 3].map(() => fleet(["adopt", at, "-a", "quiet"])));
  expect(rans.map(({ code }) => code).sort()).toEqual([0, 1, 1]);
  expect((await place.list("--all")).filter(({ branch }) => branch === "raced").length).toBe(1);
  expect((await server.tmux("list-sessions", "-F", "#{session_name}")).split("\n").filter((name) => name.startsWith("repo-raced"))).toEqual(["repo-raced"]);
  await ok(["kill", "raced", "--yes"]);
});

test("a program that does not start leaves no agent, and the worktree as it was", async () => {
  const at = await worktree("fails");
  writeFileSync(join(server.root, "fails.sh"), "#!/bin/sh\necho no login\nexit 3\n", { mode: 0o755 });
  writeFileSync(join(server.fleetHome, "config.toml"), `${readFileSync(join(server.fleetHome, "config.toml"), "utf8")}[kinds.broken]\ncommand = ["${join(server.root, "fails.sh")}"]\n`);
  const before = [await own(at), await place.traces()];
  const ran = await fleet(["adopt", at, "-a", "broken"]);
  expect([ran.code, ran.stderr.includes("broken ended at once with 3"), ran.stderr.includes("no login")]).toEqual([1, true, true]);
  expect([await own(at), await place.traces()]).toEqual(before);
});

test("merged like any other agent; its end leaves worktree and branch, and one undo takes both back", async () => {
  const at = await worktree("to-merge");
  const there = openTestRepo(server, at);
  await there.commit("Work");
  await ok(["adopt", at, "-a", "quiet"]);
  await ok(["stop", "to-merge"]);
  const main = await repo.git("rev-parse", "main");
  await ok(["merge", "to-merge"]);
  expect([await repo.git("show", "main:work.txt"), existsSync(join(at, "work.txt")), await repo.git("rev-parse", "--verify", "to-merge"), (await place.list("--all")).map(({ branch }) => branch).includes("to-merge")]).toEqual(["mine", true, expect.any(String), false]);
  await ok(["undo"]);
  expect([await repo.git("rev-parse", "main"), (await place.list("--all")).find(({ branch }) => branch === "to-merge")?.status]).toEqual([main, "stopped"]);
  // Merged and old, it is what gc clears away: the agent alone.
  await ok(["merge", "to-merge", "--keep"]);
  await ok(["gc", "--older", "0s", "--yes"]);
  expect([existsSync(join(at, "work.txt")), (await place.list("--all")).length]).toEqual([true, 0]);
  await ok(["undo", "to-merge"]).catch(() => "");
});

test("what lies beside an adopted worktree is nobody's business: neither doctor nor a purge looks at it", async () => {
  const folder = join(server.root, "projects", "things-abc123");
  mkdirSync(folder, { recursive: true });
  const at = await worktree("beside", join(folder, "beside"));
  mkdirSync(join(folder, "empty"));
  mkdirSync(join(server.root, "projects", ".trash", "mine.emptying"), { recursive: true });
  await ok(["adopt", at, "-a", "quiet"]);
  const rows = JSON.parse((await fleet(["doctor", "--json"])).stdout) as Row[];
  expect(rows.filter(({ what }) => what.includes("things-abc123"))).toEqual([]);
  await fleet(["doctor", "--fix"]);
  await ok(["kill", "beside", "--yes"]);
  await ok(["purge"]);
  await ok(["gc", "--older", "0s", "--yes"]);
  expect([existsSync(join(folder, "empty")), existsSync(join(server.root, "projects", ".trash", "mine.emptying")), existsSync(join(at, "work.txt"))]).toEqual([true, true, true]);
});

test("a worktree that is no agent's any more is named by doctor with the way back", async () => {
  await ok(["create", "orphan", "-a", "quiet", "-d"]);
  const { id, worktree: at } = await place.agent("orphan");
  await ok(["stop", "orphan"]);
  const state = JSON.parse(place.kept("state.json")) as { agents: Record<string, unknown> };
  delete state.agents[id];
  writeFileSync(join(server.fleetHome, "state.json"), JSON.stringify(state));
  rmSync(join(server.fleetHome, "agents", id), { recursive: true });
  const rows = JSON.parse((await fleet(["doctor", "--json"])).stdout) as (Row & { hint?: string })[];
  expect(rows.find(({ what }) => what.includes(at))?.hint).toContain(`fleet adopt ${at}`);
  await ok(["adopt", at, "-a", "quiet"]);
  expect(await place.agent("orphan")).toMatchObject({ adopted: true, worktree: at });
  // Its mark is another agent's: it stays all the more.
  await ok(["kill", "orphan", "--yes", "--force"]);
  expect(existsSync(at)).toBe(true);
});

test("names that would run, or break a format, are data; a bare repository's worktree can be adopted too", async () => {
  const branch = "x$(touch${IFS}pwned)#(touch${IFS}pwned)'\"";
  const odd = join(server.root, "odd #{pane_id} $(touch pwned) \n dir");
  await repo.git("worktree", "add", "-q", "-b", branch, odd);
  writeFileSync(join(odd, "work.txt"), "mine\n");
  const mine = await session("odd; ##(touch pwned)", "/", `cd '${odd}'; exec sleep 100000`);
  await until(async () => (await server.tmux("display-message", "-p", "-t", mine.pane, "#{pane_current_path}")).includes("odd"), { what: "it stands there" });
  await ok(["adopt", odd]);
  expect(await place.agent(branch)).toMatchObject({ worktree: odd, pane: mine.pane, adopted: true });
  await ok(["list"]);
  await ok(["kill", branch, "--yes"]);
  expect([runs(mine.pid), await optionsOf(mine.id), existsSync(join(odd, "work.txt"))]).toEqual([true, "", true]);
  expect([...new Bun.Glob("**/pwned").scanSync({ cwd: server.root, dot: true })]).toEqual([]);
  await repo.git("clone", "-q", "--bare", repo.path, join(server.root, "bare.git"));
  const bare = openTestRepo(server, join(server.root, "bare.git"));
  await bare.git("worktree", "add", "-q", "-b", "of-bare", join(server.root, "of-bare"));
  await ok(["adopt", join(server.root, "of-bare"), "-a", "quiet"]);
  expect((await place.list("--all")).find((one) => one.branch === "of-bare")).toMatchObject({ base: { branch: "main" } });
  await ok(["kill", "of-bare", "--all-repos", "--yes"]);
  expect(existsSync(join(server.root, "of-bare"))).toBe(true);
});

const CASES = Number(process.env["CASES"] ?? 8);

test(`${CASES} adoptions and their ends, cut off at any moment: whole or not there, and nothing of the person's is gone`, async () => {
  const made = await worktree("case-made");
  const mine = await worktree("case-mine");
  const pane = await session("cases", mine, "exec sleep 100000");
  const before = [await own(made), await own(mine), await optionsOf(pane.id)];
  const began = performance.now();
  await ok(["adopt", made, "-a", "quiet"]);
  const took = performance.now() - began;
  await ok(["kill", "case-made", "--yes"]);
  let cut = 0;
  for (let i = 0; i < CASES; i++) {
    for (const words of [["adopt", made, "-a", "quiet"], ["adopt", mine], ["kill", "case-made", "--yes"], ["kill", "case-mine", "--yes"]]) {
      const child = Bun.spawn([await binary(), ...words], { cwd: repo.path, env: server.env, stdin: "ignore", stdout: "ignore", stderr: "ignore" });
      await Promise.race([Bun.sleep(Math.random() * took * 1.2), child.exited]);
      child.kill("SIGKILL");
      await child.exited;
      const context = `case ${i}: ${words.join(" ")}`;
      const half = (JSON.parse((await fleet(["doctor", "--json"])).stdout) as Row[]).filter(({ check, status }) => check === "unfinished" && status === "warn");
      cut += half.length;
      await ok(["doctor", "--fix"]);
      const agents = await place.list("--all");
      for (const { branch, session: name, status } of agents) expect([context, branch, status]).toEqual([context, branch, expect.stringMatching(/unknown|stopped/)]), expect([context, branch, name === null || name === (branch === "case-mine" ? "cases" : "repo-case-made")]).toEqual([context, branch, true]);
      expect([context, runs(pane.pid), await own(made), await own(mine)]).toEqual([context, true, before[0], before[1]]);
      const tagged = (await server.tmux("list-sessions", "-F", "#{@fleet_id}")).split("\n").filter(Boolean);
      expect([context, tagged.filter((id) => !agents.some((agent) => agent.id === id))]).toEqual([context, []]);
    }
    for (const { branch } of await place.list("--all")) await ok(["kill", branch, "--yes"]);
    expect([i, await optionsOf(pane.id)]).toEqual([i, before[2] as string]);
  }
  console.log(`cut off in the middle: ${cut} of ${CASES * 4}`);
}, 120_000);

afterAll(async () => {
  expect(existsSync(join(repo.path, ".git", "fleet-trash"))).toBe(false);
});
