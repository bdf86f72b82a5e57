// What doctor concludes from facts, and what the log keeps of a command. No program is started.
import { describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { linkFindings } from "../../src/fleet/doctor/config";
import { terminalFindings } from "../../src/fleet/doctor/surroundings";
import { optionFindings } from "../../src/fleet/doctor/tools";
import { unfinishedLine } from "../../src/fleet/unfinished";
import type { JournalEntry } from "../../src/ports/journal";
import { logLine, writeLog } from "../../src/ports/log";
import { isOlder } from "../../src/ports/tmux/version";

describe("versions", () => {
  const cases: [version: string, least: string, older: boolean][] = [
    ["3.1c", "3.2", true], ["3.2", "3.2", false], ["3.3a", "3.2", false], ["2.9", "3.2", true], ["3.10", "3.2", false],
    // What can't be read is taken for the newest.
    ["next-3.1", "3.2", false], ["master", "3.2", false], ["", "3.2", false],
    ["0.44.1 (debian)", "0.29", false], ["2.39.5 (Apple Git-154)", "2.31", false],
  ];
  for (const [version, least, older] of cases) test(`${version || "nothing"} is ${older ? "" : "not "}older than ${least}`, () => expect(isOlder(version, least)).toBe(older));
});

describe("tmux options", () => {
  const facts = { version: "3.5a", escapeTime: 10, remainOnExit: "off", path: null };
  test("nothing is said of good ones", () => expect(optionFindings(facts)).toEqual([]));
  test("a slow Esc is worth knowing, and no failure", () => {
    expect(optionFindings({ ...facts, escapeTime: 500 }).map(({ status }) => status)).toEqual(["info"]);
  });
  test("remain-on-exit is warned of where it crashes the server, and only there", () => {
    const with_ = (version: string) => optionFindings({ ...facts, version, remainOnExit: "on" }).map(({ status }) => status);
    expect([with_("3.3a"), with_("3.4"), with_("3.2a"), with_("3.5a")]).toEqual([["warn"], ["warn"], [], []]);
  });
});

describe("the terminal", () => {
  const good = { TERM: "xterm-256color", LANG: "de_DE.UTF-8" };
  test("a usual one is well", () => expect(terminalFindings(good).map(({ status }) => status)).toEqual(["ok"]));
  test("LC_ALL wins over LANG", () => expect(terminalFindings({ ...good, LC_ALL: "C" }).map(({ status }) => status)).toEqual(["warn"]));
  test("no terminal at all is told, not blamed", () => expect(terminalFindings({ LANG: "C.utf8" }).map(({ status }) => status)).toEqual(["info"]));
});

describe("a link beside an install command", () => {
  const of = (link: string[], run: string[]) => linkFindings({ "worktree.link": link, "setup.run": run }).length;
  test("is warned of", () => {
    expect(of(["node_modules"], ["npm ci"])).toBe(1);
    expect(of(["web/node_modules/"], ["cd web && pnpm install"])).toBe(1);
    expect(of(["node_*"], ["yarn"])).toBe(1);
  });
  test("is not, where one of the two is missing", () => {
    expect([of(["node_modules"], ["npm run build"]), of(["vendor"], ["npm ci"]), of([], ["npm ci"]), of(["node_modules"], [])]).toEqual([0, 0, 0, 0]);
  });
});

describe("unfinished operations in one line", () => {
  const entry = (id: string, operation: string, branch?: string) =>
    ({ id, operation, step: "x", pid: 1, start: "", at: "", facts: branch ? { record: { id, branch, worktree: "/w" } } : {} }) as JournalEntry;
  test("names each, by its branch or its id", () => {
    expect(unfinishedLine([entry("a1", "create", "fix-login")])).toBe("1 unfinished create: fix-login; fleet doctor --fix");
    expect(unfinishedLine([entry("a1", "create", "x"), entry("a2", "kill"), entry("a3", "create", "y")])).toBe("2 unfinished create: x, y; 1 unfinished kill: a2; fleet doctor --fix");
  });
  test("shows no control characters of a branch", () => expect(unfinishedLine([entry("a1", "create", "x\x1b[31m\ny")])).not.toMatch(/[\x00-\x1f]/));
});

describe("the log", () => {
  const at = Date.UTC(2026, 0, 2, 3, 4, 5);
  test("a line is one line: time, pid, exit code, duration, command", () => {
    expect(logLine({ began: at, ended: at + 12, words: ["create", "x", "-d"], exitCode: 0 }, 7)).toBe("2026-01-02T03:04:05.000Z\t7\t0\t12ms\tfleet create x -d\n");
  });
  test("prompts are cut, and line ends and escape codes are spelled out", () => {
    const line = logLine({ began: at, ended: at, words: ["prompt", "x", `first\nsecond\x1b[31m${"z".repeat(5000)}`], exitCode: 1 });
    expect(line.length).toBeLessThan(200);
    expect(line.slice(0, -1)).not.toMatch(/[\n\x1b]/);
    expect(line).toContain("first\\nsecond");
  });
  test("takes no more than its limit, and keeps the latest", async () => {
    const home = mkdtempSync(join(tmpdir(), "log-"));
    const limit = 64 * 1024;
    for (let i = 0; i < 3000; i++) await writeLog(home, { began: at, ended: at, words: ["prompt", `agent-${i}`], exitCode: 0 }, async () => limit);
    const [now, before] = [join(home, "fleet.log"), join(home, "fleet.log.1")];
    expect(statSync(now).size + statSync(before).size).toBeLessThan(limit + 20 * 1024);
    expect(statSync(now).mode & 0o777).toBe(0o600);
    expect(readFileSync(now, "utf8")).toContain("agent-2999\n");
    expect(readFileSync(before, "utf8") + readFileSync(now, "utf8")).toMatch(/agent-2500\n[^]*agent-2501\n/);
  });
  test("a place that can't be written to fails no command", async () => {
    await writeLog("/dev/null/nowhere", { began: at, ended: at, words: ["create"], exitCode: 0 }, async () => 1);
  });
});
