// A prompt that goes to a program in its first moments arrives once, or its sender is told.
import { expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openPlace } from "../helpers/place";

setDefaultTimeout(60_000);
const { server, fleet, ok } = await openPlace();
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

test.concurrent.each(["redraws 0", "redraws 1", "redraws 2", "deaf", "undrawn 1500"])("%s: it arrives once", async (way) => {
  const branch = way.replace(" ", "-");
  const took = await forgetful(branch, way);
  await ok(["prompt", branch, "the one prompt"]);
  expect(took()).toEqual(["the one prompt"]);
  // Its lines too, and the same words a second time.
  await ok(["prompt", branch, "the one prompt\nwith a second line"]);
  await ok(["prompt", branch, "the one prompt"]);
  expect(took()).toEqual(["the one prompt", "the one prompt\nwith a second line", "the one prompt"]);
});

test.concurrent.each(["redraws 9", "ignores"])("%s: whoever sent it is told that it did not arrive", async (way) => {
  const branch = way.replace(" ", "-");
  const took = await forgetful(branch, way);
  expect(await fleet(["prompt", branch, "the one prompt"])).toMatchObject({ code: 1, stdout: "", stderr: `✗ ${branch} was not seen to take the prompt\n↳ fleet logs ${branch} --screen\n` });
  expect(took()).toEqual([]);
});

test.concurrent("a program that has not read it yet does not get it twice", async () => {
  const took = await forgetful("late", "late 9000");
  expect((await fleet(["prompt", "late", "the one prompt"])).code).toBe(1);
  for (const deadline = Date.now() + 5_000; Date.now() < deadline && took().length < 2; ) await Bun.sleep(200);
  expect(took()).toEqual(["the one prompt"]);
});
