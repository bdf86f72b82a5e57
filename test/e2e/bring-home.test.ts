// From three attempts at one task to the best of them merged, with tmux killed in between: nothing is lost.
import { expect, test } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openPlace } from "../helpers/place";
import { openTestRepo } from "../helpers/repo";

const place = await openPlace();
const { fleet, ok, repo, server } = place;

// A project with a test suite of its own, as small as one can be.
repo.write("greet.sh", 'echo "hello $1"\n');
repo.write("test.sh", '#!/bin/sh\nset -e\n[ "$(sh greet.sh you)" = "hello you" ]\n[ "$(sh greet.sh)" = "hello world" ] || { echo "no default"; exit 1; }\necho "$(wc -c <greet.sh)"\n');
repo.write(".gitignore", "build/\n");
await repo.commit("A greeting, and what it should do");

const attempts = {
  "greet-1": 'echo "hello ${1:-world}"\n',
  "greet-2": 'echo "hello ${1:-nobody}"\n',
  "greet-3": 'name=${1:-world}\nif [ -z "$name" ]; then name=world; fi\necho "hello $name"\n',
};
const branchesOf = async (...words: string[]) => (await place.list("--all", ...words)).map(({ branch }) => branch).sort();

test("three attempts, one of them broken: compared by the tests, the best merged, the others gone and brought back, tmux killed in between", async () => {
  await ok(["fanout", "3", "greet", "-a", "demo", "-p", "say Attempt {{n}}", "-d", "--yes"]);
  for (const [branch, text] of Object.entries(attempts)) {
    const agent = await place.untilStatus(branch, "idle");
    const own = openTestRepo(server, agent.worktree);
    own.write("greet.sh", text);
    if (branch !== "greet-3") await own.commit(`Greet the world (${branch})`);
    own.write("notes.md", `what ${branch} thought\n`);
    own.write("build/out", branch);
  }
  const before = await repo.git("rev-parse", "main");
  // "Rebooted".
  await server.tmux("kill-server");
  expect(await branchesOf()).toEqual(["greet-1", "greet-2", "greet-3"]);

  const compared = JSON.parse(await ok(["compare", "greet", "--run", "sh test.sh", "--lowest", "--json"])) as { branch: string; files: string[]; commits: number; dirty: number; shared: string[]; result: { code: number; score: number | null; log: string } }[];
  expect(compared.map(({ branch, result }) => [branch, result.code, result.score])).toEqual([["greet-1", 0, 25], ["greet-3", 0, 75], ["greet-2", 1, null]]);
  expect(compared.map(({ files, commits, dirty, shared }) => [files, commits, dirty, shared])).toEqual([
    [["greet.sh", "notes.md"], 1, 1, ["greet.sh", "notes.md"]],
    [["greet.sh", "notes.md"], 0, 2, ["greet.sh", "notes.md"]],
    [["greet.sh", "notes.md"], 1, 1, ["greet.sh", "notes.md"]],
  ]);
  expect(readFileSync(compared[2]!.result.log, "utf8")).toContain("no default");
  const table = await ok(["compare", "greet-*", "--run", "sh test.sh", "--lowest"]);
  expect(table.split("\n").slice(0, 2).map((line) => line.split(/\s+/).slice(0, 3))).toEqual([["branch", "result", "ran"], ["greet-1", "ok", "25"]]);

  // Uncommitted work is not passed over.
  const refused = await fleet(["keep", "greet-1", "--merge", "--run", "sh test.sh", "--yes"]);
  expect([refused.code, refused.stderr.includes("--commit"), await branchesOf()]).toEqual([1, true, ["greet-1", "greet-2", "greet-3"]]);
  await ok(["keep", "greet-1", "--merge", "--commit", "--run", "sh test.sh", "--yes", "--delete-branch"]);
  expect(await branchesOf()).toEqual([]);
  expect([readFileSync(join(repo.path, "greet.sh"), "utf8"), readFileSync(join(repo.path, "notes.md"), "utf8")]).toEqual([attempts["greet-1"], "what greet-1 thought\n"]);
  expect(await repo.git("log", "-1", "--format=%s")).toBe("greet-1: say Attempt 1");
  expect(await repo.git("status", "--porcelain")).toBe("");

  await ok(["undo", "greet-2", "greet-3"]);
  for (const [branch, text] of Object.entries(attempts).slice(1)) {
    const { worktree } = (await place.list("--all")).find((one) => one.branch === branch)!;
    expect([readFileSync(join(worktree, "greet.sh"), "utf8"), readFileSync(join(worktree, "notes.md"), "utf8"), readFileSync(join(worktree, "build/out"), "utf8")]).toEqual([text, `what ${branch} thought\n`, branch]);
  }
  await ok(["undo", "greet-1"]);
  const { worktree } = (await place.list("--all")).find(({ branch }) => branch === "greet-1")!;
  expect([await repo.git("rev-parse", "main"), existsSync(join(repo.path, "notes.md")), await repo.git("status", "--porcelain")]).toEqual([before, false, ""]);
  expect([await repo.git("-C", worktree, "status", "--porcelain"), readFileSync(join(worktree, "build/out"), "utf8")]).toEqual(["?? notes.md", "greet-1"]);
  expect(await branchesOf()).toEqual(["greet-1", "greet-2", "greet-3"]);
}, 60_000);

test("keep ends the others, and leaves what it keeps as it is", async () => {
  const { worktree } = (await place.list("--all")).find(({ branch }) => branch === "greet-3")!;
  writeFileSync(join(worktree, "more.txt"), "more\n");
  const plan = await ok(["keep", "greet-3", "--dry-run"]);
  expect([plan.includes("greet-1"), plan.includes("greet-2"), (await branchesOf()).length]).toEqual([true, true, 3]);
  expect((await fleet(["keep", "greet-3"])).stderr).toContain("--yes");
  await ok(["keep", "greet-3", "--yes"]);
  expect([await branchesOf(), readFileSync(join(worktree, "more.txt"), "utf8")]).toEqual([["greet-3"], "more\n"]);
  expect(await repo.git("branch", "--list", "greet-*", "--format=%(refname:short)")).toBe("greet-1\ngreet-2\ngreet-3");
  expect((await fleet(["keep", "greet-3", "--yes"])).stderr).toContain("only one left");
});

test("a run that takes too long is ended, and what it printed is kept", async () => {
  const [one] = JSON.parse(await ok(["compare", "greet-3", "--run", "echo begun; sleep 60", "--timeout", "1", "--json"])) as { result: { code: number | null; timedOut: boolean; log: string } }[];
  expect([one!.result.code === 0, one!.result.timedOut, readFileSync(one!.result.log, "utf8")]).toEqual([false, true, "begun\n"]);
});
