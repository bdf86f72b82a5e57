// Work where git does not look for it: outside of a sparse checkout, behind a flag, in a worktree within the worktree.
import { expect, test } from "bun:test";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { age } from "../helpers/aged";
import { openPlace } from "../helpers/place";
import { openTestRepo } from "../helpers/repo";
import { stoppedAgent } from "../helpers/trash";

const place = await openPlace();
const { fleet, ok, repo, server } = place;
repo.write(".gitignore", ".claude/\n");
await repo.commit("Ignore");

test("an edit outside of a sparse checkout, which git would not commit, is named and stays; an undone merge leaves hidden changes where they are", async () => {
  const { id, git, worktree, write } = await stoppedAgent(place, "sparse");
  for (const path of ["d/inside.txt", "outside.txt"]) write(path, "1\n");
  await git("add", "-A");
  await git("commit", "-qm", "Work");
  const before = await repo.git("rev-parse", "main");
  await git("sparse-checkout", "set", "--no-cone", "/*", "!/outside.txt");
  write("outside.txt", "2\n");
  const ran = await fleet(["merge", "sparse", "--commit"]);
  expect([ran.code, ran.stderr]).toEqual([1, expect.stringContaining("✗ git adds none of what is uncommitted there")]);
  expect(ran.stderr).toContain("outside.txt");
  expect([await repo.git("rev-parse", "main"), readFileSync(join(worktree, "outside.txt"), "utf8")]).toEqual([before, "2\n"]);
  await git("sparse-checkout", "disable");
  await git("checkout", "-q", "--", ".");
  await git("update-index", "--assume-unchanged", "outside.txt");
  write("outside.txt", "hidden\n");
  await ok(["merge", "sparse"]);
  expect((await place.list("--all")).length > 0).toBe(false);
  await ok(["undo", id]);
  expect([await repo.git("rev-parse", "main"), readFileSync(join(worktree, "outside.txt"), "utf8")]).toEqual([before, "hidden\n"]);
  await ok(["kill", id, "--yes", "--force", "--delete-branch"]);
});

test("a worktree within an agent's, which git ignores, is looked at: uncommitted work in it is the agent's to lose", async () => {
  const agent = await stoppedAgent(place, "outer");
  const inner = join(agent.worktree, ".claude/worktrees/inner");
  await agent.git("worktree", "add", "-q", "-b", "inner", inner);
  // With all committed, its branch has it.
  await ok(["kill", "outer", "--yes"]);
  await ok(["undo", "outer"]);
  openTestRepo(server, inner).write("work.txt", "inner work\n");
  for (const words of [["kill", "outer", "--yes"], ["gc", "--older", "9d", "--yes"]]) {
    age(place, agent, 40);
    const ran = await fleet(words);
    expect([words, ran.code, ran.stderr]).toEqual([words, 1, expect.stringContaining(`✗ a worktree within that of outer has work of its own: ${inner}\n↳ git -C ${inner} status`)]);
  }
  await ok(["kill", "outer", "--yes", "--force"]);
  await ok(["undo", "outer"]);
  expect(await repo.git("-C", inner, "status", "--porcelain", "--branch")).toBe("## inner\n?? work.txt");
  await repo.git("-C", inner, "checkout", "-q", "--detach");
  await openTestRepo(server, inner).commit("On no branch");
  expect((await fleet(["kill", "outer", "--yes"])).stderr).toContain("has work of its own");
  await ok(["kill", "outer", "--yes", "--force"]);
});

test("an agent's worktree within another's is never moved along", async () => {
  const agent = await stoppedAgent(place, "around");
  const inner = join(agent.worktree, ".claude/worktrees/adopted");
  await agent.git("worktree", "add", "-q", "-b", "adopted", inner);
  await ok(["adopt", inner, "-a", "demo"]);
  const ran = await fleet(["kill", "around", "--yes", "--force"]);
  expect([ran.code, ran.stderr]).toEqual([1, expect.stringContaining("✗ the worktree of around is not touched, because that of another agent lies in it: adopted\n↳ fleet kill adopted")]);
  await ok(["kill", "adopted", "--yes"]);
  await ok(["kill", "around", "--yes"]);
});

test("a git that can't tell of flags is no git that tells of none", async () => {
  const { write, git } = await stoppedAgent(place, "flagged");
  await git("update-index", "--assume-unchanged", ".gitignore");
  write(".gitignore", "hidden\n");
  const bin = join(server.root, "no-ls-files");
  mkdirSync(bin);
  writeFileSync(join(bin, "git"), `#!/bin/sh\ncase " $* " in *" ls-files -z -v "*) exit 128 ;; esac\nexec '${Bun.which("git")}' "$@"\n`, { mode: 0o755 });
  const ran = await fleet(["kill", "flagged", "--yes"], { env: { PATH: `${bin}:${server.env["PATH"]}` } });
  expect([ran.code, ran.stderr]).toEqual([1, expect.stringContaining("✗ git can't tell what flagged holds, so nothing is touched")]);
  await ok(["kill", "flagged", "--yes", "--force"]);
});
