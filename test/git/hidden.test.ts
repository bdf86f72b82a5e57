// Changes behind assume-unchanged and skip-worktree: what is counted as work, whatever took the file's place.
import { afterAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openGit } from "../../src/ports/git/call";
import { hiddenChanges } from "../../src/ports/git/hidden";

const root = mkdtempSync(join(tmpdir(), "fleet-hidden-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const git = openGit({ PATH: process.env["PATH"], HOME: root, GIT_CONFIG_NOSYSTEM: "1" });
const repo = join(root, "repo");
const at = (name: string) => join(repo, name);

async function flagged(flag: string): Promise<void> {
  rmSync(repo, { recursive: true, force: true });
  await git.call(root, ["init", "-q", repo]);
  for (const name of ["file", "other", "line\nend"]) writeFileSync(at(name), `${name}\n`);
  symlinkSync("file", at("link"));
  await git.call(repo, ["add", "-A"]);
  await git.call(repo, ["update-index", flag, "file", "link", "line\nend"]);
}

for (const flag of ["--assume-unchanged", "--skip-worktree"]) {
  test(`behind ${flag} what is the same, or not there, is no change; a name that can't be asked about counts`, async () => {
    await flagged(flag);
    expect(await hiddenChanges(git, repo)).toBe(1);
    rmSync(at("line\nend"));
    writeFileSync(at("other"), "seen by git itself\n");
    expect(await hiddenChanges(git, repo)).toBe(0);
    rmSync(at("link"));
    expect(await hiddenChanges(git, repo)).toBe(0);
  });

  test(`behind ${flag} an edit counts, a link that points elsewhere, and what took the place of either`, async () => {
    const changes: [string, string, () => void][] = [
      ["edited", "file", () => writeFileSync(at("file"), "edited\n")],
      ["a link in its place", "file", () => symlinkSync("other", at("file"))],
      ["a directory in its place", "file", () => mkdirSync(at("file"))],
      ["pointed elsewhere", "link", () => symlinkSync("other", at("link"))],
      ["a file in its place", "link", () => writeFileSync(at("link"), "file")],
    ];
    for (const [what, name, change] of changes) {
      await flagged(flag);
      for (const gone of ["line\nend", name]) rmSync(at(gone));
      change();
      expect([name, what, await hiddenChanges(git, repo)]).toEqual([name, what, 1]);
    }
  });
}

test("where git can't tell, nothing is said to be none", async () => {
  expect(await hiddenChanges(git, join(root, "nowhere"))).toBe(null);
});
