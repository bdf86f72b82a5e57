// Notices as they arrive: in tmux, and at a command with the facts in its environment.
import { expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openPlace } from "../helpers/place";
import { terminals } from "../helpers/terminal";
import { until } from "../helpers/until";

const place = await openPlace();
const { ok, server } = place;
const openTerminal = await terminals(server.env);
const out = join(server.root, "notices");
const notices = () => (existsSync(out) ? readFileSync(out, "utf8").trimEnd().split("\n") : []);
const configure = (text: string) => {
  mkdirSync(server.fleetHome, { recursive: true });
  writeFileSync(join(server.fleetHome, "config.toml"), text);
};
const create = (branch: string, prompt: string) => ok(["create", branch, "-a", "demo", "-d", "-p", prompt]);

test("an agent that asks is told once, on the terminal and to the command, and its words are data", async () => {
  configure(`[notify]\non = ["permission", "error"]\nby = ["message", "bell"]\ncommand = "printf '%s|%s|%s\\\\n' \\"$FLEET_EVENT\\" \\"$FLEET_BRANCH\\" \\"$FLEET_TEXT\\" >>${out}"\n`);
  const terminal = await openTerminal("exec tmux attach -t =main:");
  await until(() => server.tmux("list-clients"));
  const question = `May I $(touch ${server.root}/evil) "#{pane_id}" 100%d 'now'; #(touch ${server.root}/evil)?`;
  await create("release", `ask ${question}\nfail no disk`);
  await until(() => notices().length === 1, { what: "the first notice", show: () => place.kept("cache", "told.json") });
  expect(notices()[0]).toBe(`permission|release|release asks a permission: ${question}`.slice(0, notices()[0]!.length - 1) + notices()[0]!.at(-1));
  await terminal.shows(`release asks a permission: May I $(touch`);
  expect(await terminal.screen()).toContain('"#{pane_id}" 100%d');
  await ok(["tick"]);
  expect(notices()).toHaveLength(1);
  await ok(["answer", "release", "yes"]);
  await until(() => notices().length === 2);
  expect(notices()[1]).toBe("error|release|release failed: no disk");
  expect(existsSync(join(server.root, "evil"))).toBe(false);
  await terminal.close();
}, 20_000);

test("what one looks at is not told, and a program that ends is", async () => {
  await create("seen", "work 600");
  const { session } = await place.untilStatus("seen", "working");
  const terminal = await openTerminal(`exec tmux attach -t '=${session}:'`);
  await until(async () => (await server.tmux("list-clients")) !== "");
  await ok(["prompt", "seen", "--interrupt", "ask May I?"]);
  await place.untilStatus("seen", "waiting");
  await create("crashes", "crash");
  await until(() => notices().some((line) => line.startsWith("error|crashes|")));
  expect(notices().at(-1)).toBe("error|crashes|crashes ended: 137 (SIGKILL)");
  expect(notices().filter((line) => line.includes("seen"))).toEqual([]);
  await terminal.close();
}, 20_000);

test("a program whose title alone tells that it waits is told of by tmux itself: no command of fleet's runs meanwhile", async () => {
  const bin = join(server.root, "bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "codex"), "#!/bin/sh\nprintf '\\033]2;⠋ a title\\007'; sleep 0.5; printf '\\033]2;[ ! ] Action Required | a title\\007'; exec sleep 100000\n", { mode: 0o755 });
  await ok(["create", "titled", "-a", "codex", "-d", "-p", "x"], { env: { PATH: `${bin}:${server.env["PATH"]}` } });
  await until(() => notices().some((line) => line.startsWith("permission|titled|")), { what: "the notice", show: () => notices().join("\n") });
}, 20_000);

test("what was snoozed is told when its time is over, though nothing happens then", async () => {
  await create("napping", "work 600");
  await place.untilStatus("napping", "working");
  await ok(["snooze", "napping", "3s"]);
  await ok(["prompt", "napping", "--interrupt", "ask May I wake?"]);
  await until(async () => (await server.tmux("display-message", "-p", "-t", (await place.agent("napping")).pane!, "#{@fleet_status}")) === "waiting");
  expect(notices().filter((line) => line.includes("napping"))).toEqual([]);
  await until(() => notices().some((line) => line.startsWith("permission|napping|")), { what: "the notice", show: () => notices().join("\n") });
}, 20_000);

test("who wants no notices has no process for them", async () => {
  configure("[notify]\non = []\n");
  const muted = () => place.kept("cache", "notices") === "  \n";
  await until(async () => (await ok(["tick"]), muted()));
  const before = notices().length;
  await create("quiet", "ask May I?");
  await place.untilStatus("quiet", "waiting");
  await ok(["tick"]);
  expect(notices()).toHaveLength(before);
  configure("[notify]\non = [\"permission\"]\n");
  await until(async () => (await ok(["tick"]), !muted()));
  configure("[notify]\non = [\"everything\"]\nquiet = \"late\"\n");
  const ran = await place.fleet(["config", "validate"]);
  expect(ran.stderr + ran.stdout).toContain("expected one of permission, question, error, done");
  expect(ran.stderr + ran.stdout).toContain("expected hours such as 22:00-08:00");
  configure("");
}, 20_000);

test("on the desktop an agent's words are no markup, and a tmux around this one is asked to hand its sequences on", async () => {
  const [bin, said, bytes] = [join(server.root, "bin"), join(server.root, "desktop"), join(server.root, "bytes")];
  mkdirSync(bin, { recursive: true });
  const notifier = process.platform === "darwin" ? "osascript" : "notify-send";
  writeFileSync(join(bin, notifier), `#!/bin/sh\nfor word; do printf '%s|' "$word"; done >>${said}\n`, { mode: 0o755 });
  configure(`[notify]\nby = ["osc9", "osc777", "desktop"]\n`);
  await server.tmux("set-environment", "-g", "PATH", `${bin}:${server.env["PATH"]}`);
  const pane = await server.tmux("new-session", "-d", "-P", "-F", "#{pane_id}", "-s", "around", "env -u TMUX -u TMUX_PANE TERM=tmux-256color tmux attach -t =main:");
  await server.tmux("pipe-pane", "-t", pane, `cat >>${bytes}`);
  await until(async () => (await server.tmux("list-clients", "-F", "#{client_termname}")).includes("tmux-256color"), { what: "the tmux within" });
  await create("marked", "ask May I <b>tag</b> R&D; now?");
  await until(() => existsSync(said) && readFileSync(said, "utf8").includes("marked"), { what: "the desktop's notice" });
  const text = "marked asks a permission: May I <b>tag</b> R&D; now?";
  if (process.platform !== "darwin") expect(readFileSync(said, "utf8")).toContain("|marked asks a permission: May I &lt;b&gt;tag&lt;/b&gt; R&amp;D; now?|");
  const written = () => readFileSync(bytes, "latin1");
  await until(() => written().includes("Ptmux"), { what: "a sequence to be handed on" });
  expect(written()).toContain(`\u001bPtmux;\u001b\u001b]9;${text.replace(";", ",")}\u0007\u001b\\`);
  expect(written()).toContain(`\u001bPtmux;\u001b\u001b]777;notify;fleet;${text.replace(";", ",")}\u0007\u001b\\`);
}, 20_000);
