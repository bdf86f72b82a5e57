// A prompt that goes to a program in its first moments arrives once, or its sender is told.
import { expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Row } from "../../src/fleet/doctor/doctor";
import { binary } from "../helpers/binary";
import { openPlace } from "../helpers/place";
import { until } from "../helpers/until";

setDefaultTimeout(60_000);
const { server, repo, fleet, ok, agent, untilStatus, screen } = await openPlace();
const ways = join(server.root, "ways");
const bin = join(server.root, "programs");
for (const directory of [ways, bin]) mkdirSync(directory);
writeFileSync(join(bin, "qwen"), `#!/bin/sh\nexec '${process.execPath}' '${join(import.meta.dir, "../fixtures/forgetful.ts")}' '${ways}'\n`);
chmodSync(join(bin, "qwen"), 0o755);
server.env["PATH"] = `${bin}:${server.env["PATH"]}`;

/** An agent whose program loses prompts in this way; what it took. */
async function forgetful(branch: string, way: string): Promise<() => string[]> {
  const file = join(ways, branch);
  writeFileSync(file, way);
  await ok(["create", branch, "-d", "-a", "qwen"]);
  return () => (existsSync(`${file}.took`) ? readFileSync(`${file}.took`, "utf8").trimEnd().split("\n").map((line) => JSON.parse(line) as string) : []);
}

const refused = (ran: { code: number | null; stderr: string }, words: string) => expect([ran.code, ran.stderr]).toEqual([1, expect.stringContaining(words)]);

test.concurrent.each(["redraws 0", "redraws 1", "redraws 2", "deaf", "undrawn 1500", "adds"])("%s: it arrives once", async (way) => {
  const branch = way.replace(" ", "-");
  const took = await forgetful(branch, way);
  await ok(["prompt", branch, "the one prompt"]);
  expect(took()).toEqual(["the one prompt"]);
  // Its lines too, and the same words a second time.
  await ok(["prompt", branch, "the one prompt\nwith a second line"]);
  await ok(["prompt", branch, "the one prompt"]);
  expect(took()).toEqual(["the one prompt", "the one prompt\nwith a second line", "the one prompt"]);
});

test.concurrent.each(["redraws 9", "ignores", "rewords 1", "recalls 1"])("%s: whoever sent it is told that it did not arrive", async (way) => {
  const branch = way.replace(" ", "-");
  const took = await forgetful(branch, way);
  expect(await fleet(["prompt", branch, "the one prompt"])).toMatchObject({ code: 1, stdout: "", stderr: `✗ ${branch} was not seen to take the prompt\n↳ fleet logs ${branch} --screen\n` });
  expect(took()).toEqual([]);
});

test.concurrent("of the same prompt a second time, where the screen is the same after it, no third one is sent", async () => {
  const took = await forgetful("rolls", "rolls");
  await ok(["prompt", "rolls", "the one prompt"]);
  refused(await fleet(["prompt", "rolls", "the one prompt"]), "✗ rolls was not seen to take the prompt\n");
  expect(took()).toEqual(["the one prompt", "the one prompt"]);
});

test.concurrent.each([
  ["a heading", "# Task\nfix it"],
  ["words that stand there anyhow", "or"],
  ["a path", "/etc/hosts is wrong"],
])("%s is no command, and its echo is a row of its own", async (what, text) => {
  const branch = what.replaceAll(" ", "-");
  const took = await forgetful(branch, "redraws 1");
  await ok(["prompt", branch, text]);
  expect(took()).toEqual([text]);
});

test.concurrent("a dialog that opens as the prompt comes gets no Enter", async () => {
  const took = await forgetful("dialog", "dialog");
  refused(await fleet(["prompt", "dialog", "the one prompt"]), "dialog waits for an answer: ");
  expect(took()).toEqual([]);
});

test.concurrent("nothing is typed into what can't be read", async () => {
  const took = await forgetful("unknown", "unknown");
  const { pane } = await untilStatus("unknown", "idle");
  await server.tmux("send-keys", "-t", pane!, "x");
  await until(async () => (await screen("unknown")).includes("[ Install it ]"));
  refused(await fleet(["prompt", "unknown", "the one prompt"]), "✗ the screen of unknown shows no input box that fleet can read, so nothing was typed\n↳ fleet attach unknown\n");
  expect(took()).toEqual([]);
});

test.concurrent.each(["paste", "enter"])("a program that ends at the %s has not taken it, and what it leaves gets no keys", async (at) => {
  const took = await forgetful(`ends-${at}`, `ends ${at}`);
  refused(await fleet(["prompt", `ends-${at}`, "r"]), `✗ the program of ends-${at} has ended\n↳ fleet start ends-${at}\n`);
  expect([took(), (await agent(`ends-${at}`)).status]).toEqual([[], "exited"]);
});

test.concurrent("of two senders one comes too late for a program that keeps no prompts", async () => {
  const took = await forgetful("two", "works");
  const rans = await Promise.all(["first", "second"].map((text) => fleet(["prompt", "two", text])));
  expect(rans.map(({ code }) => code).sort()).toEqual([0, 1]);
  expect(rans.map(({ stderr }) => stderr).join("")).toContain("✗ two is working\n");
  expect(took()).toHaveLength(1);
});

test.concurrent("what a person types right after is not submitted", async () => {
  const took = await forgetful("typing", "redraws 0");
  const { pane } = await agent("typing");
  const sent = ok(["prompt", "typing", "the one prompt"]);
  await until(() => took().length > 0);
  await server.tmux("send-keys", "-t", pane!, "-l", "half a thou");
  await sent;
  expect(took()).toEqual(["the one prompt"]);
});

test.concurrent("a box that does not get empty is not typed into", async () => {
  const took = await forgetful("keeps", "keeps");
  writeFileSync(join(server.fleetHome, "agents", (await agent("keeps")).id, "sent"), "the last one");
  refused(await fleet(["prompt", "keeps", "the one prompt"]), "text that was not sent stands in the input box of keeps: the last one");
  expect(took()).toEqual([]);
});

test("a prompt whose sender was ended while it typed is named, and does not stand in front of the next one", async () => {
  const took = await forgetful("cut", "redraws 0");
  const { id, pane } = await untilStatus("cut", "idle");
  const typing = join(server.fleetHome, "agents", id, "typing");
  const child = Bun.spawn([await binary(), "prompt", "cut", "half a prompt"], { cwd: repo.path, env: server.env, stdin: "ignore", stdout: "ignore", stderr: "ignore" });
  await until(() => existsSync(typing) && readFileSync(typing, "utf8") !== "", { every: 1 });
  child.kill("SIGKILL");
  await child.exited;
  // It may have been ended before the text went to tmux.
  const isThere = () => until(async () => (await server.screen(pane!)).includes(">   half a prompt"), { timeout: 1500 });
  await isThere().catch(async () => (await server.tmux("send-keys", "-t", pane!, "-l", "half a prompt"), isThere()));
  const named = async () => (JSON.parse((await fleet(["doctor", "--json"])).stdout) as Row[]).filter(({ check, what }) => check === "prompts" && what.startsWith("a prompt to cut was ")).map(({ what }) => what);
  const row = "a prompt to cut was cut off, and stands in its input box, not sent: half a prompt";
  await until(async () => (await named())[0] === row, { what: row, timeout: 5_000, show: () => server.screen(pane!) });
  await ok(["prompt", "cut", "the one prompt"]);
  expect([took(), await named(), existsSync(typing)]).toEqual([["the one prompt"], [], false]);
});

test.concurrent("what a person has added to it is theirs, and where no key takes it away its sender is told what it is", async () => {
  const took = await forgetful("cut-keeps", "keeps");
  const typing = join(server.fleetHome, "agents", (await agent("cut-keeps")).id, "typing");
  writeFileSync(typing, "the last");
  refused(await fleet(["prompt", "cut-keeps", "the one prompt"]), "✗ text that was not sent stands in the input box of cut-keeps: the last one\n");
  writeFileSync(typing, "the last one");
  refused(await fleet(["prompt", "cut-keeps", "the one prompt"]), "✗ a prompt that was cut off before it was sent stands in the input box of cut-keeps: the last one\n↳ fleet attach cut-keeps\n");
  expect(took()).toEqual([]);
});

test.concurrent("the queue does not send again what may have arrived", async () => {
  const took = await forgetful("queued", "late 12000");
  await ok(["prompt", "queued", "--when-idle", "the one prompt"]);
  await until(() => took().length > 0, { timeout: 30_000 });
  await until(async () => (JSON.parse(await ok(["queue", "--json"])) as { problem: string | null }[]).some(({ problem }) => problem?.includes("it may have arrived")), { timeout: 20_000 });
  await ok(["tick"]);
  await Bun.sleep(1_000);
  expect(took()).toEqual(["the one prompt"]);
});

test.concurrent("a program that has not read it yet does not get it twice", async () => {
  const took = await forgetful("late", "late 9000");
  expect((await fleet(["prompt", "late", "the one prompt"])).code).toBe(1);
  for (const deadline = Date.now() + 5_000; Date.now() < deadline && took().length < 2; ) await Bun.sleep(200);
  expect(took()).toEqual(["the one prompt"]);
});
