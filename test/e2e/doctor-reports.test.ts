// `fleet doctor --reports`: each installed program is started once, in a place that is thrown away, and must be seen to begin its turn.
import { expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Row } from "../../src/fleet/doctor/doctor";
import { openPlace } from "../helpers/place";

setDefaultTimeout(60_000);
const place = await openPlace();
const { server } = place;
const bin = join(server.root, "bin");
mkdirSync(bin);
const PATH = `${bin}:${server.env["PATH"]}`;
const program = (name: string, script: string) => writeFileSync(join(bin, name), script, { mode: 0o755 });
const screen = (name: string) => join(import.meta.dir, "../fixtures/screens", `${name}.txt`);

/** A Claude Code that runs the hooks of the settings it is given, for a prompt on its command line. */
program("claude", `#!${process.execPath}
const settings = JSON.parse(require("node:fs").readFileSync(process.argv[process.argv.indexOf("--settings") + 1], "utf8"));
const { hooks } = settings;
for (const [event, payload] of [["SessionStart", { source: "startup" }], ["UserPromptSubmit", { prompt: process.argv.at(-1) }]]) {
  for (const group of hooks[event]) for (const { command } of group.hooks) Bun.spawnSync(["sh", "-c", command], { stdin: Buffer.from(JSON.stringify(payload)) });
}
console.log("home " + process.env.HOME);
setInterval(() => {}, 1000);
`);
program("codex", "#!/bin/sh\nprintf '\\033]2;work\\007'; sleep 0.3; printf '\\033]2;⠋ work\\007'; exec sleep 100000\n");
program("opencode", `#!/bin/sh\nprintf '\\033[2J\\033[H'; cat '${screen("opencode/working")}'; exec sleep 100000\n`);
program("gemini", "#!/bin/sh\necho 'this version has no such flag: --prompt-interactive'; exit 3\n");

const rows = async (...words: string[]) => {
  const ran = await place.fleet(["doctor", "--json", ...words], { env: { PATH } });
  return { code: ran.code, said: ran.stderr, rows: (JSON.parse(ran.stdout) as Row[]).filter(({ check }) => check.startsWith("reports")) };
};
const trials = () => readdirSync(tmpdir()).filter((name) => name.startsWith("fl-try-"));

test("each way of telling is seen where it works, what does not work is named with what it shows, and nothing is left", async () => {
  const before = { sessions: await server.tmux("list-sessions"), home: readdirSync(server.home), trials: trials() };
  const ran = await rows("--reports");
  expect(ran.rows.map(({ check, status, what }) => [check, status, what.replace(/[\d.]+ s$/, "N s")])).toEqual([
    ["reports claude", "ok", "its hooks report: a turn was seen after N s"],
    ["reports codex", "ok", "its title is followed: a turn was seen after N s"],
    ["reports gemini", "fail", expect.stringContaining("it ended with 3: ")],
    ["reports opencode", "ok", "its screen is read (it reports nothing by itself): a turn was seen after N s"],
    ["reports demo", "ok", "its hooks report: a turn was seen after N s"],
  ]);
  expect(ran.rows[2]!.what).toContain("this version has no such flag");
  expect(ran.rows[2]!.hint).toBe("npm install -g @google/gemini-cli   (the newest version)");
  expect(ran.code).toBe(1);
  expect(ran.said).toContain("starting Claude Code");
  expect(await server.tmux("list-sessions")).toBe(before.sessions);
  expect(readdirSync(server.home).filter((name) => name !== ".ai_fleet")).toEqual(before.home.filter((name) => name !== ".ai_fleet"));
  expect(trials().filter((name) => !before.trials.includes(name))).toEqual([]);
  expect(await place.list("--all")).toEqual([]);
});

test("a turn that is over between two looks was seen all the same", async () => {
  program("codex", "#!/bin/sh\nprintf '\\033]2;work\\007'; sleep 0.3; printf '\\033]2;⠋ work\\007'; sleep 0.02; printf '\\033]2;work\\007'; exec sleep 100000\n");
  for (let i = 0; i < 3; i++) expect((await rows("--reports=codex")).rows).toMatchObject([{ check: "reports codex", status: "ok" }]);
});

// Elsewhere the environment of a process is not to be read.
test.if(process.platform === "linux")("what a program has left, in another place and without its agent's names, is gone before its directory is", async () => {
  const before = trials();
  program("codex", `#!/bin/sh
cd /
env -u FLEET_ID setsid sh -c 'trap "" HUP TERM; for i in $(seq 300); do mkdir -p "$HOME/late"; sleep 0.01; done' >/dev/null 2>&1 &
exit 3
`);
  expect((await rows("--reports=codex")).rows).toMatchObject([{ status: "fail", what: expect.stringContaining("it ended with 3") }]);
  for (let i = 0; i < 10; i++, await Bun.sleep(20)) expect(trials().filter((name) => !before.includes(name))).toEqual([]);
});

test("one kind alone, one that is not installed, and one that is none", async () => {
  expect((await rows("--reports=demo")).rows.map(({ check }) => check)).toEqual(["reports demo"]);
  expect((await rows("--reports=copilot")).rows).toMatchObject([{ check: "reports copilot", status: "fail", hint: "npm install -g @github/copilot" }]);
  expect((await rows("--reports=nonesuch")).rows).toMatchObject([{ status: "fail", what: "no such built-in kind: nonesuch" }]);
});

test("without the flag nothing is started", async () => {
  expect((await rows()).rows).toEqual([]);
});
