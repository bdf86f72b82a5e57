// fleet skill on a real file system: it goes where the person says, and over nothing that is theirs.
import { expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openPlace } from "../helpers/place";

const place = await openPlace({ server: { started: false } });
const { fleet, ok, server } = place;
const at = (...path: string[]) => join(server.home, ...path);
const install = (path: string, ...flags: string[]) => fleet(["skill", "install", path, ...flags], { cwd: server.home });

test("show prints what install writes, below a directory of skills, readable for all, and only there", async () => {
  const text = await ok(["skill"]);
  expect([text, JSON.parse(await ok(["skill", "--json"]))]).toEqual([await ok(["skill", "show"]), { text }]);
  mkdirSync(at(".claude", "skills"), { recursive: true });
  const dry = await install(".claude/skills", "--dry-run");
  expect([dry.code, dry.stdout, existsSync(at(".claude/skills/fleet"))]).toEqual([0, `writes   ${at(".claude/skills/fleet/SKILL.md")}\n`, false]);
  const ran = await install(".claude/skills");
  expect([ran.code, ran.stderr, readFileSync(at(".claude/skills/fleet/SKILL.md"), "utf8") === text]).toEqual([0, `✓ written: ${at(".claude/skills/fleet/SKILL.md")}\n`, true]);
  expect(statSync(at(".claude/skills/fleet/SKILL.md")).mode & 0o777).toBe(0o644);
  // Once more, by its own directory too: the same file.
  for (const path of [".claude/skills", ".claude/skills/fleet", ".claude/skills/fleet/SKILL.md"]) expect((await install(path)).stderr).toBe(`○ there already: ${at(".claude/skills/fleet/SKILL.md")}\n`);
  expect([...new Bun.Glob("**").scanSync({ cwd: at(".claude"), dot: true })]).toEqual(["skills/fleet/SKILL.md"]);
  expect((await install("notes.md", "--json")).stdout).toBe(`${JSON.stringify({ path: at("notes.md"), did: "written" }, null, 2)}\n`);
});

test("an older one of fleet's own is replaced; an edited one, and one of somebody else, only with --force, which is named", async () => {
  const file = at(".claude/skills/fleet/SKILL.md");
  const text = readFileSync(file, "utf8");
  writeFileSync(file, `${text}\nOur own rule.\n`);
  const refused = await install(".claude/skills");
  expect([refused.code, refused.stderr]).toEqual([1, `✗ a file is there already (fleet wrote it, and it has been edited since): ${file}\n↳ fleet skill install ${file} --force replaces it\n`]);
  writeFileSync(file, "---\nname: fleet\ndescription: another tool\n---\n");
  expect((await install(".claude/skills", "--dry-run")).stderr).toContain("fleet did not write it");
  expect(readFileSync(file, "utf8")).toContain("another tool");
  const forced = await install(".claude/skills", "--force");
  expect([forced.code, forced.stderr]).toEqual([0, `▲ --force replaces a file (fleet did not write it): ${file}\n✓ replaced: ${file}\n`]);
  expect(readFileSync(file, "utf8")).toBe(text);
});

test("links, missing directories and files in the way are named, and nothing is written", async () => {
  mkdirSync(at("elsewhere", "skills"), { recursive: true });
  mkdirSync(at("linked"));
  symlinkSync(at("elsewhere"), at("linked", "fleet"));
  expect((await install("linked", "--force")).stderr).toBe(`✗ a symlink is there: ${at("linked/fleet")} → ${at("elsewhere")}\n↳ fleet skill install PATH, with the place that is meant\n`);
  symlinkSync(at("elsewhere", "file"), at("link.md"));
  expect((await install("link.md", "--force")).stderr).toContain(`✗ a symlink is there: ${at("link.md")} → ${at("elsewhere/file")}\n`);
  mkdirSync(at("full"));
  writeFileSync(at("full", "fleet"), "a file");
  expect((await install("full", "--force")).stderr).toContain(`✗ something else is there: ${at("full/fleet")}\n`);
  expect((await install("no/such place")).stderr).toBe("✗ no such directory: no/such place\n↳ mkdir -p 'no/such place' && fleet skill install 'no/such place'\n");
  expect((await install("no/such/file.md")).stderr).toContain("✗ no such directory: no/such\n↳ mkdir -p no/such\n");
  // No kind of user may make a directory there.
  expect(await install("/proc/self")).toMatchObject({ code: 1, stderr: expect.stringMatching(/^✗ it can't be written there: .*\/fleet\/SKILL.md\n│ E/) });
  expect([...new Bun.Glob("**").scanSync({ cwd: at("elsewhere") })]).toEqual([]);
});

test("without a place, with a wrong word, or in an agent's session it is refused; an agent may read it", async () => {
  expect(await fleet(["skill", "install"])).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("install where?") });
  expect((await fleet(["skill", "intsall", "x"])).code).toBe(2);
  expect((await fleet(["skill", "show", "x"])).code).toBe(2);
  mkdirSync(at("of-agent"));
  const env = { FLEET_ID: "abcdef" };
  expect(await fleet(["skill", "install", at("of-agent")], { env })).toMatchObject({ code: 1, stderr: expect.stringContaining("✗ an agent can't install what other agents read\n") });
  expect([...new Bun.Glob("**").scanSync({ cwd: at("of-agent") })]).toEqual([]);
  expect(await fleet(["skill"], { env })).toMatchObject({ code: 0, stdout: await ok(["skill"]) });
});
