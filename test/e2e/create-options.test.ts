// Each flag of create, seen from outside.
import { expect, test } from "bun:test";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { openTestRepo } from "../helpers/repo";
import { openPlace, type Place } from "../helpers/place";
import { until } from "../helpers/until";

const place: Place = await openPlace();
const { fleet, ok, repo, server } = place;
const head = (ref: string) => repo.git("rev-parse", ref);
const create = (branch: string, ...words: string[]) => ok(["create", branch, "-a", "demo", ...words]);
const baseOf = async (branch: string) => (await place.agent(branch))["base"];

test("--dry-run prints the plan and leaves nothing", async () => {
  const before = await place.traces();
  const ran = await fleet(["create", "feat/dry", "-a", "demo", "-p", "it's", "--dry-run", "--", "--model", "a b"]);
  expect(ran.code).toBe(0);
  expect(ran.stdout).toMatch(/^branch {4}feat\/dry new, from [0-9a-f]{12} \(main\)\nworktree {2}\/.*\/feat-dry\nsession {3}repo-feat-dry\nprogram .* --model 'a b' {2}\(with the prompt\)\n$/);
  expect(await place.traces()).toEqual(before);
});

test("-d returns before the program is up", async () => {
  const ran = await fleet(["create", "detached", "-a", "demo", "-d"]);
  expect(ran.stderr).toContain("started: detached (demo) in ");
  await place.untilStatus("detached", "idle");
});

test("--json says what was made", async () => {
  const made = JSON.parse(await create("as-json", "-d", "--json")) as Record<string, unknown>;
  const { id, worktree, session } = await place.agent("as-json");
  expect(made).toEqual({ id, branch: "as-json", kind: "demo", worktree, session: session!, pr: null, issue: null });
});

test("a prompt comes from a file, from stdin, or from the editor, and is kept private", async () => {
  repo.write("../task.md", "say from\u001b[31m file\n\n");
  await create("from-file", "-f", "../task.md", "-d");
  await ok(["create", "from-stdin", "-a", "demo", "-f", "-", "-d"], { stdin: "say from stdin\n" });
  const editor = join(server.root, "my editor");
  writeFileSync(editor, '#!/bin/sh\nprintf "%s and edited\\n" "$(cat "$2")" >"$2"\n[ "$1" = --wait ]\n');
  chmodSync(editor, 0o755);
  await ok(["create", "from-editor", "-a", "demo", "-e", "-p", "say begun", "-d"], { env: { EDITOR: `'${editor}' --wait`, VISUAL: "" } });
  for (const [branch, words] of [["from-file", "from[31m file"], ["from-stdin", "from stdin"], ["from-editor", "begun and edited"]] as const) {
    await until(async () => (await place.agent(branch)).doing === words, { what: words, show: async () => String((await place.agent(branch)).doing) });
  }
});

test("a prompt of 90 kB is the program's argument, one of 120 kB a file that it is told to read; pasted it arrives too", async () => {
  const lines = (count: number) => Array.from({ length: count }, (_, i) => `line ${i} of a long prompt, with some more words`).join("\n");
  repo.write("../long.md", lines(1800));
  repo.write("../longer.md", lines(2500));
  await create("long", "-f", "../long.md");
  const note = async () => {
    const { worktree } = await place.untilStatus("long", "idle");
    return readFileSync(join(worktree, "demo", "line-0-of-a-long.md"), "utf8");
  };
  expect(await note()).toBe(`${lines(1800)}\n`);
  await create("longer", "-f", "../longer.md");
  await until(async () => (await place.screen("longer")).includes("› Read the file "));
  const { id } = await place.agent("longer");
  expect(place.kept("agents", id, "prompt")).toBe(lines(2500));
  await place.untilStatus("longer", "idle");
  await ok(["prompt", "longer", "-f", "../longer.md"]);
  await until(async () => (await place.screen("longer")).includes("● received 2500 lines"));
  await until(async () => (await place.agent("longer")).doing?.endsWith("Add demo/line-0-of-a-long.md"));
  await place.untilStatus("longer", "idle");
});

test("an editor that fails, or leaves nothing, starts no agent", async () => {
  const before = await place.traces();
  expect(await fleet(["create", "no-editor", "-a", "demo", "-e"], { env: { EDITOR: "false" } })).toMatchObject({ code: 1, stderr: expect.stringContaining("the editor failed: false") as unknown as string });
  expect(await fleet(["create", "no-text", "-a", "demo", "-e"], { env: { EDITOR: "true" } })).toMatchObject({ code: 1, stderr: expect.stringContaining("✗ nothing was written in the editor") as unknown as string });
  expect(await place.traces()).toEqual(before);
});

test("words after -- go to the program, and again at a later start", async () => {
  await create("with-args", "-d", "--", "say from the arguments");
  await until(async () => (await place.agent("with-args")).doing === "from the arguments");
  expect(JSON.parse(place.kept("state.json")).agents[(await place.agent("with-args")).id].args).toEqual(["say from the arguments"]);
});

test("an existing local branch is worked on where --existing says so, from where it parted", async () => {
  const parted = await head("main");
  await repo.git("branch", "old-work");
  await repo.git("worktree", "add", "-q", "../tmp", "old-work");
  const there = openTestRepo(server, join(server.root, "tmp"));
  there.write("old.txt", "old\n");
  await there.commit("Old");
  await repo.git("worktree", "remove", "../tmp");
  await repo.commit("Main went on");
  const refused = await fleet(["create", "old-work", "-a", "demo"]);
  expect(refused).toMatchObject({ code: 1, stderr: "✗ the branch exists: old-work\n↳ fleet create old-work --existing\n" });
  await create("old-work", "--existing", "-d");
  expect(await baseOf("old-work")).toEqual({ branch: "main", commit: parted });
  expect(existsSync(join((await place.agent("old-work")).worktree, "old.txt"))).toBe(true);
  await until(async () => (await place.agent("old-work"))["ahead"] === 1);
});

test("a remote branch is tracked where --existing says so", async () => {
  const origin = join(server.root, "origin.git");
  await repo.git("clone", "-q", "--bare", ".", origin);
  await openTestRepo(server, origin).git("branch", "theirs", "main");
  await repo.git("remote", "add", "origin", origin);
  await repo.git("fetch", "-q", "origin");
  const refused = await fleet(["create", "theirs", "-a", "demo"]);
  expect(refused.stderr).toContain("the branch exists: theirs (origin/theirs)");
  await create("theirs", "--existing", "-d");
  expect(await repo.git("rev-parse", "--abbrev-ref", "theirs@{upstream}")).toBe("origin/theirs");
});

test("--base starts from any ref, without tracking it", async () => {
  const first = await head("main~1");
  await create("from-ref", "-b", "main~1", "-d");
  expect(await head("from-ref")).toBe(first);
  expect(await baseOf("from-ref")).toEqual({ branch: null, commit: first });
  await create("from-remote", "-b", "origin/main", "-d");
  expect(await baseOf("from-remote")).toMatchObject({ branch: "origin/main" });
  expect((await repo.git("config", "--get-regexp", "branch.from-remote").catch(() => "none"))).toBe("none");
});

test("inside an agent's worktree the base is that agent's base; -b . stacks on its branch", async () => {
  const { worktree } = await place.agent("old-work");
  await ok(["create", "beside", "-a", "demo", "-d"], { cwd: worktree });
  expect(await baseOf("beside")).toEqual({ branch: "main", commit: await head("main") });
  await ok(["create", "on-top", "-a", "demo", "-d", "-b", "."], { cwd: worktree });
  expect(await baseOf("on-top")).toEqual({ branch: "old-work", commit: await head("old-work") });
  const paths = await Promise.all(["beside", "on-top"].map(async (name) => (await place.agent(name)).worktree));
  for (const path of paths) expect(path.startsWith(`${worktree}/`)).toBe(false);
});

test("a base that is gone is said, with a way on", async () => {
  await repo.git("branch", "-D", "on-top").catch(() => {});
  await repo.git("branch", "vanishing");
  await create("orphan", "-b", "vanishing", "-d");
  await repo.git("branch", "-D", "vanishing");
  const ran = await fleet(["create", "child", "-a", "demo", "-d"], { cwd: (await place.agent("orphan")).worktree });
  expect(ran).toMatchObject({ code: 1 });
  expect(ran.stderr).toMatch(/^✗ the base of orphan is gone: vanishing\n↳ fleet create NAME --base [0-9a-f]{12}\n$/);
});

test("--fetch brings the base up to date, and says when it can't", async () => {
  const other = openTestRepo(server, join(server.root, "other"));
  await repo.git("clone", "-q", join(server.root, "origin.git"), other.path);
  await other.commit("Pushed by another");
  await other.git("push", "-q", "origin", "main");
  await repo.git("branch", "-q", "--set-upstream-to=origin/main", "main");
  await create("unfetched", "-b", "origin/main", "-d");
  expect(await head("unfetched")).not.toBe(await other.git("rev-parse", "main"));
  await create("fetched", "-b", "origin/main", "--fetch", "-d");
  expect(await head("fetched")).toBe(await other.git("rev-parse", "main"));
  await repo.git("remote", "set-url", "origin", "/nowhere.git");
  const ran = await fleet(["create", "offline", "-a", "demo", "--fetch"]);
  expect(ran.code).toBe(1);
  expect(ran.stderr).toContain("git could not fetch: origin");
  await repo.git("remote", "set-url", "origin", join(server.root, "origin.git"));
});

test("what does not go along is said once, before the work begins", async () => {
  repo.write("README.md", "edited\n");
  const ran = await fleet(["create", "noted", "-a", "demo", "-d"]);
  expect(ran.stderr).toContain("1 uncommitted change does not go along");
  expect(ran.stderr).toMatch(/main is \d+ behind origin\/main/);
  expect((await fleet(["create", "not-noted", "-a", "demo", "-d", "-b", "main"])).stderr).not.toContain("go along");
  await repo.git("checkout", "-q", "README.md");
});

test("a/b and a-b have worktrees of their own, and sessions of their own", async () => {
  await create("a/b", "-d");
  await create("a-b", "-d");
  const [one, two] = [await place.agent("a/b"), await place.agent("a-b")];
  expect([basename(one.worktree), basename(two.worktree)]).toEqual(["a-b", "a-b-2"]);
  expect([one.session, two.session]).toEqual(["repo-a-b", "repo-a-b-2"]);
});

test("a session name that a person took gets a number", async () => {
  await server.tmux("new-session", "-d", "-s", "repo-taken", "exec sleep 100000");
  await create("taken", "-d");
  expect((await place.agent("taken")).session).toBe("repo-taken-2");
});

test("the program is told about itself, with the smallest free slot", async () => {
  await create("told", "-d", "--", "write told.txt x");
  const { id, worktree } = await place.agent("told");
  const shown = await server.tmux("show-environment", "-t", "repo-told");
  const environment = Object.fromEntries(shown.split("\n").map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]));
  const slots = Object.values(JSON.parse(place.kept("state.json")).agents as Record<string, { slot: number }>).map((agent) => agent.slot).sort((a, b) => a - b);
  expect(slots).toEqual(slots.map((_, i) => i + 1));
  expect(environment).toMatchObject({ FLEET_ID: id, FLEET_BRANCH: "told", FLEET_KIND: "demo", FLEET_BATCH: "", FLEET_BASE: "main", FLEET_WORKTREE: worktree, FLEET_MAIN: repo.path, FLEET_SLOT: String(slots.length) });
});
