// The main job, as a person does it: create an agent, see it, talk to it, read it.
import { beforeAll, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { openPlace, type Place } from "../helpers/place";
import { until } from "../helpers/until";

const place: Place = await openPlace();
const { fleet, ok, repo } = place;

beforeAll(async () => {
  repo.write("main.txt", "one\ntwo\n");
  await repo.commit("Add main.txt");
});

test("create starts the program with its prompt, and says where", async () => {
  const ran = await fleet(["create", "login-form", "-a", "demo", "-p", "write form.txt a form\\nof two lines\ncommit Add the form\nwrite main.txt changed\nwrite new.txt untracked\nsay all done"]);
  expect(ran).toMatchObject({ code: 0, stdout: "" });
  expect(ran.stderr).toContain("at work: login-form (demo) in ");
  expect(ran.stderr).toContain("fleet attach login-form");
  const { worktree } = await place.untilStatus("login-form", "idle");
  expect(readFileSync(join(worktree, "form.txt"), "utf8")).toBe("a form\nof two lines\n");
});

test("the worktree is outside of the checkout, on its own branch from the base's commit, and the checkout is untouched", async () => {
  const { worktree } = await place.agent("login-form");
  expect(worktree).toMatch(/\/\.ai_fleet\/worktrees\/repo-[0-9a-f]{6}\/login-form$/);
  expect(await repo.git("-C", worktree, "symbolic-ref", "HEAD")).toBe("refs/heads/login-form");
  expect(await repo.git("-C", worktree, "log", "--format=%s")).toBe("Add the form\nAdd main.txt\nBegin");
  expect(await repo.git("status", "--porcelain")).toBe("");
});

test("list --json has every field, with its type", async () => {
  const one = await until(async () => {
    const now = await place.agent("login-form");
    // Figures younger than three seconds are taken for now.
    return now["added"] === 4 && now["stale"] === false && now;
  });
  const head = await repo.git("rev-parse", "main");
  const iso = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/) as unknown as string;
  expect(one).toEqual({
    id: expect.stringMatching(/^[a-z][a-z2-9]{5}$/) as unknown as string,
    branch: "login-form", kind: "demo", status: "idle", reason: null, doing: "all done", since: iso, seen: false, ask: null, snoozed: false, batch: null,
    repo: join(repo.path, ".git"), worktree: one.worktree, base: { branch: "main", commit: head },
    session: "repo-login-form", pane: expect.stringMatching(/^%\d+$/) as unknown as string, pid: expect.any(Number) as unknown as number,
    cpu: expect.any(Number) as unknown as number, memory: expect.any(Number) as unknown as number, created: iso,
    ahead: 1, behind: 0, dirty: 2, added: 4, removed: 2, stale: false, exit: null, tokens: null, cost: null, costPartial: null,
    merge: "clean", conflicts: [], overlaps: [], parent: null, adopted: false, forkOf: null, issue: null, pr: null,
    prompt: expect.stringMatching(/^write form\.txt/) as unknown as string,
  });
  expect(one["memory"] as number).toBeGreaterThan(5_000_000);
  expect(one["cpu"] as number).toBeLessThan(100);
});

test("list prints a row with branch, kind, status, changes, commits ahead and last words", async () => {
  const ran = await fleet(["list"]);
  const [heading, row] = ran.stdout.split("\n");
  expect(heading).toMatch(/^branch\s+kind\s+status\s+cpu\s+mem\s+changes\s+ahead\s+doing$/);
  expect(row).toMatch(/^login-form\s+demo\s+✓ idle \d+s\s+\d+%\s+\d+M\s+\+4 −2\*\s+↑1\s+all done$/);
  expect(ran.stderr).toBe("");
});

test("ten lines of a prompt arrive whole and are submitted once", async () => {
  const lines = Array.from({ length: 10 }, (_, i) => `line ${i + 1}: it's "quoted" $(x) \`y\`; #(z)`);
  await ok(["prompt", "login-form", lines.join("\n")]);
  const screen = await until(async () => {
    const text = await ok(["logs", "login-form"]);
    return text.includes("● received 10 lines") && text;
  });
  expect(screen).toContain(`› ${lines[0]}`);
  expect(screen.match(/received 10 lines/g)).toHaveLength(1);
  await place.untilStatus("login-form", "idle");
  const { worktree } = await place.agent("login-form");
  // A prompt without a directive is noted in a file, byte for byte.
  const note = readFileSync(join(worktree, "demo/line-1-it-s-quoted.md"), "utf8");
  expect(note).toBe(`${lines.join("\n")}\n`);
});

test("prompts come from a file, from stdin, and go to several at once", async () => {
  await ok(["create", "second", "-a", "demo", "-d"]);
  await place.untilStatus("second", "idle");
  repo.write("../task.md", "say from a file\n");
  await ok(["prompt", "second", "-f", "../task.md"]);
  await until(async () => (await place.agent("second")).doing === "from a file");
  const ran = await fleet(["prompt", "--to", "login-form,second", "-f", "-"], { stdin: "say to both\n" });
  expect(ran.stderr).toContain("2 of 2 prompted");
  await until(async () => (await place.agent("second")).doing === "to both" && (await place.agent("login-form")).doing === "to both");
});

test("a quoted glob prompts all that it matches, --dry-run none", async () => {
  const ran = await fleet(["prompt", "*", "say", "globbed", "--dry-run"]);
  expect(ran.stderr).toContain("2 of 2 would be prompted");
  await ok(["prompt", "sec*", "say", "after"]);
  await until(async () => (await place.agent("second")).doing === "after");
  expect((await place.agent("login-form")).doing).toBe("to both");
});

test("logs gives the last lines, or the screen", async () => {
  const two = await ok(["logs", "second", "-n", "2"]);
  expect(two.split("\n").filter(Boolean).length).toBeLessThanOrEqual(2);
  expect(await ok(["logs", "second", "--screen"])).toContain("● received 1 line");
  expect(await ok(["logs", "second"])).not.toContain("\u001b");
});

test("logs --follow prints what comes, once", async () => {
  const child = Bun.spawn([await (await import("../helpers/binary")).binary(), "logs", "second", "-f"], { cwd: repo.path, env: place.server.env, stdout: "pipe", stderr: "pipe" });
  const reader = child.stdout.getReader();
  let text = "";
  const pump = (async () => {
    for (let part = await reader.read(); !part.done; part = await reader.read()) text += new TextDecoder().decode(part.value);
  })();
  await until(() => text.includes("received 1 line"));
  await ok(["prompt", "second", "say followed-word"]);
  await until(() => text.includes("● followed-word"));
  child.kill("SIGINT");
  await pump;
  expect(await child.exited).toBe(0);
});

test("diff shows commits, edits and untracked files, and leaves the worktree as it is", async () => {
  const { worktree } = await place.agent("login-form");
  const before = await repo.git("-C", worktree, "status", "--porcelain");
  const diff = await ok(["diff", "login-form"]);
  for (const text of ["+of two lines", "+changed", "-two", "+untracked"]) expect(diff).toContain(text);
  expect((await ok(["diff", "login-form", "--name-only"])).split("\n").filter(Boolean).sort()).toEqual(["demo/line-1-it-s-quoted.md", "form.txt", "main.txt", "new.txt"]);
  expect(await ok(["diff", "login-form", "--stat"])).toContain("4 files changed");
  expect(await repo.git("-C", worktree, "status", "--porcelain")).toBe(before);
});

test("diff knows only the agent's own change after the base went on", async () => {
  repo.write("later.txt", "later\n");
  await repo.commit("Later");
  expect(await ok(["diff", "login-form", "--name-only"])).not.toContain("later.txt");
  expect((await place.agent("login-form"))["behind"]).toBe(1);
});

test("path prints the worktree", async () => {
  expect(await ok(["path", "second"])).toBe(`${(await place.agent("second")).worktree}\n`);
});

test("exec runs a command in each worktree, and tells of each that failed", async () => {
  const ran = await fleet(["exec", "*", "--", "test", "-e", "form.txt"]);
  expect(ran.code).toBe(1);
  expect(ran.stderr).toContain("login-form: done");
  expect(ran.stderr).toContain("second: failed with 1");
  expect(ran.stderr).toContain("1 of 2 failed: second");
  const json = JSON.parse(await ok(["exec", "*", "--json", "--", "sh", "-c", 'echo "$FLEET_BRANCH $PWD"'])) as { branch: string; code: number; output: string }[];
  for (const { branch, code, output } of json) expect([code, output]).toEqual([0, `${branch} ${(await place.agent(branch)).worktree}\n`]);
});

test("exec of one agent has its exit code; a command over its time is ended and a missing one is 127", async () => {
  expect((await fleet(["exec", "second", "--", "sh", "-c", "exit 7"])).code).toBe(7);
  expect((await fleet(["exec", "second", "--", "no-such-program-x"])).code).toBe(127);
  const ran = await fleet(["exec", "*", "--timeout", "1", "--", "sh", "-c", "sleep 60; true"]);
  expect(ran.stderr).toContain("second: timed out");
});

test("exec hands each argument on as it is", async () => {
  const ran = await fleet(["exec", "second", "--", "printf", "%s|", "it's", "$(x)", "a b", "-n", "--"]);
  expect(ran.stdout).toBe("it's|$(x)|a b|-n|--|");
});

test("interrupt ends the turn, not the program", async () => {
  await ok(["prompt", "second", "work 600"]);
  await place.untilStatus("second", "working");
  await ok(["interrupt", "second"]);
  expect(await place.untilStatus("second", "idle")).toMatchObject({ doing: "interrupted", exit: null });
});

test("a scrolled-back pane still takes prompts and interrupts", async () => {
  const { pane } = await place.agent("second");
  await place.server.tmux("copy-mode", "-t", pane!);
  await ok(["prompt", "second", "work 601"]);
  await place.untilStatus("second", "working");
  await place.server.tmux("copy-mode", "-t", pane!);
  await ok(["interrupt", "second"]);
  await place.untilStatus("second", "idle");
});

test("an agent that asks is waiting, first in the list, with its question", async () => {
  await ok(["prompt", "second", "ask May I go on?"]);
  expect(await place.untilStatus("second", "waiting")).toMatchObject({ reason: "permission", doing: "May I go on?" });
  const rows = (await ok(["list"])).split("\n");
  expect(rows[1]).toMatch(/^second .*◐ waiting .*May I go on\?$/);
  expect(await place.list("--status", "waiting")).toHaveLength(1);
});

test("a prompt to an agent that asks is refused: its Enter would be a yes", async () => {
  const ran = await fleet(["prompt", "second", "write yes.txt x"]);
  expect(ran).toMatchObject({ code: 1, stderr: "✗ second waits for an answer: May I go on?\n↳ fleet answer second\n" });
  expect(await place.agent("second")).toMatchObject({ status: "waiting" });
});
