// scripts/pack-fzf: from the fzf at hand without network, from a release by its checksum, and where fleet then finds it.
import { afterAll, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { arch } from "node:os";
import { join } from "node:path";
import { fzfPlaces } from "../../src/ui/picker/fzf";
import { fleetIn } from "../helpers/fleet";
import { makePlugin } from "../helpers/plugin";
import { privateServer } from "../helpers/server";

const server = await privateServer({ started: false });
const { dir } = makePlugin(server, "check out");
writeFileSync(join(dir, "scripts/pack-fzf"), readFileSync(join(import.meta.dir, "../../scripts/pack-fzf")), { mode: 0o755 });
const HERE = `${process.platform}-${arch()}`;
const packed = join(server.home, ".local/share/fleet/node_modules/@ai-fleet/fzf-bin");
const served = new Map<string, Uint8Array | string>();
const web = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: (request) => {
  const body = served.get(new URL(request.url).pathname);
  return body === undefined ? new Response("", { status: 404 }) : new Response(body as string);
} });
afterAll(() => web.stop(true));

async function pack(...words: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = Bun.spawn([join(dir, "scripts/pack-fzf"), ...words], { env: server.env, cwd: server.root, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [stdout, stderr, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  return { code, stdout: stdout.trim(), stderr };
}

/** A program that says it is fzf of this version. */
function fzf(path: string, version: string): string {
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, `#!/bin/sh\necho '${version} (abc)'\n`);
  chmodSync(path, 0o755);
  return path;
}

/** A release with fzf for each of `platforms`; `sums` replaces what its list of sums says. */
function release(version: string, platforms: string[], sums?: string): void {
  served.clear();
  const list = platforms.map((platform) => {
    const name = `fzf-${version}-${platform.replace("-", "_").replace("x64", "amd64")}.tar.gz`;
    const folder = join(server.root, `release-${version}`);
    fzf(join(folder, "fzf"), version);
    expect(Bun.spawnSync(["tar", "-czf", join(folder, name), "-C", folder, "fzf"]).exitCode).toBe(0);
    const bytes = readFileSync(join(folder, name));
    served.set(`/v${version}/${name}`, bytes);
    return `${createHash("sha256").update(bytes).digest("hex")}  ${name}`;
  });
  served.set(`/v${version}/fzf_${version}_checksums.txt`, sums ?? list.join("\n"));
}

const url = () => ["--url", `http://127.0.0.1:${web.port}`];

test("the fzf at hand becomes a package that npm reads, and fleet takes it before the one on PATH", async () => {
  const own = fzf(join(server.root, "at hand", "fzf"), "0.99.1");
  const ran = await pack("--from", own, "--install");
  expect(ran).toMatchObject({ code: 0, stdout: join(dir, `.cache/fzf/ai-fleet-fzf-bin-0.99.1-${HERE}.tgz`) });
  const names = Bun.spawnSync(["tar", "-tzf", ran.stdout]).stdout.toString().trim().split("\n").filter((name) => !name.endsWith("/")).sort();
  expect(names).toEqual(["package/LICENSE", "package/bin/fzf", "package/package.json"]);
  expect(JSON.parse(readFileSync(join(packed, "package.json"), "utf8"))).toMatchObject({ name: "@ai-fleet/fzf-bin", version: "0.99.1", private: true, os: [process.platform], cpu: [arch()], bin: { fzf: "bin/fzf" } });
  expect(fzfPlaces("/somewhere/bin/fleet", server.env)[0]).toBe(join(packed, "bin/fzf"));
  const doctor = JSON.parse((await fleetIn(server)(["doctor", "--json"])).stdout) as { check: string; what: string }[];
  expect(doctor.find(({ check }) => check === "fzf")?.what).toBe(`0.99, ${join(packed, "bin/fzf")}`);
  // Another one takes its place.
  expect((await pack("--from", fzf(own, "0.99.2"), "--install")).code).toBe(0);
  expect(JSON.parse(readFileSync(join(packed, "package.json"), "utf8"))).toMatchObject({ version: "0.99.2" });
});

test("the package of a checkout or prefix comes before that of the data directory", () => {
  const beside = fzf(join(server.root, "beside/node_modules/@ai-fleet/fzf-bin/bin/fzf"), "0.99");
  expect(fzfPlaces(join(server.root, "beside/bin/fleet"), server.env).slice(0, 2)).toEqual([beside, join(packed, "bin/fzf")]);
});

test("a release is taken by exact version and checksum, for any platform", async () => {
  release("0.98.0", ["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64"]);
  for (const platform of ["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64"]) {
    const ran = await pack("--version", "0.98.0", "--platform", platform, ...url());
    expect([ran.code, ran.stderr]).toEqual([0, ""]);
    expect(ran.stdout).toEndWith(`ai-fleet-fzf-bin-0.98.0-${platform}.tgz`);
  }
  expect(await pack("--version", "0.97.0", ...url())).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("could not be fetched") });
});

test("a wrong checksum, given or of the release, packs nothing", async () => {
  const name = `fzf-0.96.0-${HERE.replace("-", "_").replace("x64", "amd64")}.tar.gz`;
  release("0.96.0", [HERE], `${"1".repeat(64)}  ${name}\n`);
  expect(await pack("--version", "0.96.0", ...url())).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("the checksum is wrong") });
  release("0.96.0", [HERE], `${"1".repeat(64)}  another\n`);
  expect(await pack("--version", "0.96.0", ...url())).toMatchObject({ code: 1, stderr: expect.stringContaining("has no sum of") });
  release("0.96.0", [HERE]);
  expect(await pack("--version", "0.96.0", "--sha256", "2".repeat(64), ...url())).toMatchObject({ code: 1, stderr: expect.stringContaining("the checksum is wrong") });
  expect(existsSync(join(dir, `.cache/fzf/ai-fleet-fzf-bin-0.96.0-${HERE}.tgz`))).toBe(false);
});

test("what is no fzf is not packed, and a wrong word is refused", async () => {
  const other = join(server.root, "no fzf");
  writeFileSync(other, "#!/bin/sh\nexit 3\n", { mode: 0o755 });
  expect(await pack("--from", other)).toMatchObject({ code: 1, stderr: expect.stringContaining("this is no fzf") });
  expect(await pack("--platform", "plan9-mips")).toMatchObject({ code: 2 });
  expect(await pack("--what")).toMatchObject({ code: 2 });
});
