// fanout, multi and batches, end to end: what comes up, what is refused, and what is left of what fails.
import { beforeAll, describe, expect, test } from "bun:test";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { leftovers } from "../helpers/leftovers";
import { openPlace, type Place } from "../helpers/place";
import { until } from "../helpers/until";

const place: Place = await openPlace();
const { fleet, ok, repo, server } = place;

interface Batch {
  id: string;
  label: string;
  agents: number;
  tasks: number | null;
}

const batches = async () => JSON.parse(await ok(["batch", "--json"])) as Batch[];
const branches = async (batch: string) => (await place.list("--batch", batch)).map(({ branch }) => branch).sort();
const prompts = async (batch: string) => Object.fromEntries((await place.list("--batch", batch)).map(({ branch, prompt }) => [branch, prompt]));
const journal = () => readdirSync(join(server.fleetHome, "journal"));

beforeAll(() => {
  // As a repository does it that wants a step to fail for some of its agents.
  repo.write("setup.sh", 'case "$FLEET_BRANCH" in *bad*) echo "no such thing: $FLEET_BRANCH" >&2; exit 3;; esac\n');
  return repo.commit("Set up");
});

/** A config whose setup fails for branches that have "bad" in their name. */
async function withSetup<T>(act: () => Promise<T>): Promise<T> {
  const file = join(server.fleetHome, "config.toml");
  const before = place.kept("config.toml");
  writeFileSync(file, '[setup]\nrun = ["sh setup.sh"]\n');
  try {
    return await act();
  } finally {
    writeFileSync(file, before);
  }
}

test("fanout: as many agents as said, each with its prompt filled in, and all work", async () => {
  const ran = await fleet(["fanout", "3", "cache", "-a", "demo", "-p", "write n{{n}}.txt {{branch}} {{kind}} {{batch}}\ncommit Done"]);
  expect([ran.code, ran.stdout]).toEqual([0, ""]);
  expect(ran.stderr).toContain("cache-2: worktree\n");
  expect(ran.stderr).toContain("✓ 3 of 3 at work in batch cache\n↳ fleet list --batch cache   ·   fleet kill --batch cache\n");
  for (const n of [1, 2, 3]) {
    const { worktree } = await place.untilStatus(`cache-${n}`, "idle");
    expect(await repo.git("-C", worktree, "show", `HEAD:n${n}.txt`)).toBe(`cache-${n} demo cache`);
  }
});

test("the same fanout again is a new batch with the next numbers; --label names it", async () => {
  await ok(["fanout", "2", "cache", "-a", "demo", "-p", "say {{batch}}", "-d"]);
  expect(await branches("cache.2")).toEqual(["cache-4", "cache-5"]);
  await ok(["fanout", "1", "cache", "-a", "demo", "-p", "say hi", "-d", "--label", "another one"]);
  expect(await branches("another one")).toEqual(["cache-6"]);
  expect((await fleet(["fanout", "1", "cache", "-a", "demo", "-p", "x", "--label", "cache"])).stderr).toContain("✗ a batch has this label: cache");
});

test("without a prefix the branches are named after the prompt, else after the batch", async () => {
  await ok(["fanout", "1", "-a", "demo", "-p", "Say the Ümlauts of it", "-d"]);
  expect(await branches("say-the-umlauts-of-it")).toEqual(["say-the-umlauts-of-it-1"]);
  await ok(["fanout", "1", "-a", "demo", "-p", "???", "-d"]);
  const [batch] = await batches();
  expect(await branches(batch!.id)).toEqual([`${batch!.id}-1`]);
});

test("--raw sends what looks like a place as it is", async () => {
  await ok(["fanout", "1", "raw", "-a", "demo", "-p", "say ${{ github.ref }} {{n}}", "--raw", "-d"]);
  expect(await prompts("raw")).toEqual({ "raw-1": "say ${{ github.ref }} {{n}}" });
});

test("--json is one object a step on stdout, and a last one that counts", async () => {
  const ran = await fleet(["fanout", "2", "json", "-a", "demo", "-p", "say hi", "--json"]);
  const lines = ran.stdout.trim().split("\n").map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines.filter(({ branch }) => branch === "json-1").map(({ step }) => step)).toEqual(["worktree", "session", "up"]);
  expect(new Set(lines.map(({ batch }) => batch)).size).toBe(1);
  expect(lines.at(-1)).toMatchObject({ label: "json", step: "end", there: ["json-1", "json-2"], failed: [], notStarted: [] });
});

test("multi: words with colons, quotes, line ends and dashes arrive as they are", async () => {
  const text = `say "a": 'b' $(c) \`d\`\n-- --e {{f}} #{g};`;
  await ok(["multi", `words:${text}`, "other/one:say it", "-a", "demo", "-d"]);
  expect(await prompts("words")).toEqual({ words: text, "other/one": "say it" });
});

test("multi -f: a backlog in Markdown, from a file and from stdin, with a kind and a base of its own", async () => {
  repo.write("backlog.md", "# Later\n\n- [ ] `fix-login`: say The form loses its text\n  commit x\n- [x] done\n- Explain the `cache`\n");
  await ok(["multi", "-f", "backlog.md", "-a", "demo", "-d"]);
  expect(await prompts("backlog")).toEqual({ "fix-login": "say The form loses its text\ncommit x", "explain-the-cache": "Explain the `cache`" });
  await repo.git("branch", "older");
  await ok(["multi", "-f", "-", "-d"], { stdin: '{"branch":"from-stdin","prompt":"say it","kind":"demo","base":"older"}\n' });
  expect((await place.agent("from-stdin"))["base"]).toMatchObject({ branch: "older" });
});

test("multi --foreach: one agent a position", async () => {
  await ok(["multi", "--foreach", "lang=go,rust;dir=a,b", "-p", "say {{lang}} in {{dir}} as {{branch}} {{n}}", "-a", "demo", "-d", "--label", "ports"]);
  expect(await prompts("ports")).toEqual({ "go-a": "say go in a as go-a 1", "rust-b": "say rust in b as rust-b 2" });
});

describe("a batch is handled as one", () => {
  test("prompted, run in, read, stopped, started, renamed, listed under its heading, killed", async () => {
    await ok(["fanout", "2", "one", "-a", "demo", "-p", "say begun", "-d"]);
    for (const n of [1, 2]) await place.untilStatus(`one-${n}`, "idle");
    await ok(["prompt", "--batch", "one", "say again"]);
    await until(async () => (await ok(["logs", "--batch", "one"])).match(/● again/g)?.length === 2);
    expect(await ok(["logs", "--batch", "one"])).toMatch(/== one-1\n[\s\S]*== one-2\n/);
    expect(JSON.parse(await ok(["exec", "--batch", "one", "--json", "--", "git", "branch", "--show-current"])).map((ran: { output: string }) => ran.output.trim()).sort()).toEqual(["one-1", "one-2"]);
    await ok(["batch", "rename", "one", "the best"]);
    expect(await ok(["list", "--grouped", "one-*"])).toMatch(/^the best · 2 idle · \d+% · \d+M · \+0 −0\nbranch +kind/);
    await ok(["stop", "--batch", "the best"]);
    expect((await place.list("--batch", "the best", "--all")).map(({ status }) => status)).toEqual(["stopped", "stopped"]);
    await ok(["start", "--batch", "the best"]);
    const ran = await fleet(["kill", "--batch", "the best", "--yes"]);
    expect(ran.code).toBe(0);
    expect(ran.stderr).toContain("killed: 2 of 2 agents");
    expect((await batches()).map(({ label }) => label)).not.toContain("the best");
    expect((await fleet(["list", "--batch", "the best"])).stderr).toContain("✗ no such batch: the best");
  });

  test("its record goes with its last agent, and its label comes back with an undo", async () => {
    await ok(["fanout", "2", "back", "-a", "demo", "-p", "say it", "-d"]);
    const [{ id } = { id: "" }] = await batches();
    await ok(["kill", "back-1", "--yes"]);
    expect((await batches()).find((batch) => batch.id === id)).toMatchObject({ label: "back", agents: 1, tasks: 2 });
    await ok(["kill", "back-2", "--yes"]);
    expect(readdirSync(join(server.fleetHome, "batches"))).not.toContain(`${id}.json`);
    await ok(["undo", "back-1"]);
    expect((await batches()).find((batch) => batch.id === id)).toMatchObject({ label: "back", agents: 1 });
    expect((await place.list("--batch", "back", "--all")).map(({ branch }) => branch)).toEqual(["back-1"]);
  });

  test("its label completes in a shell", async () => {
    await ok(["fanout", "1", "complete", "-a", "demo", "-p", "say it", "-d"]);
    expect((await ok(["completion", "--values", "batch"])).split("\n")).toContain("complete");
  });

  test("quoted globs pick across batches", async () => {
    await ok(["multi", "glob-x:say a", "glob-y:say b", "-a", "demo", "-d"]);
    await ok(["kill", "glob-*", "--yes"]);
    expect((await place.list()).filter(({ branch }) => branch.startsWith("glob-"))).toEqual([]);
  });
});

describe("when some fail", () => {
  test("they are undone and named with their reason, the others stay, and a resume makes them", async () => {
    await withSetup(async () => {
      const ran = await fleet(["multi", "good-a:say a", "bad-b:say b", "good-c:say c", "-a", "demo", "--label", "mixed"]);
      expect(ran.code).toBe(1);
      expect(ran.stderr).toContain("✗ bad-b: setup");
      expect(ran.stderr).toContain("│ no such thing: bad-b");
      expect(ran.stderr).toEndWith("✗ 2 of 3 at work in batch mixed; failed: bad-b\n↳ fleet fanout --resume mixed   ·   fleet kill --batch mixed\n");
      expect(await branches("mixed")).toEqual(["good-a", "good-c"]);
      expect(await repo.git("branch", "--list", "bad-b")).toBe("");
    });
    await ok(["fanout", "--resume", "mixed"]);
    expect(await branches("mixed")).toEqual(["bad-b", "good-a", "good-c"]);
    expect((await fleet(["fanout", "--resume", "mixed"])).stderr).toBe("○ nothing is missing of mixed\n");
  });

  test("--atomic takes all back", async () => {
    const before = await traces();
    await withSetup(async () => {
      const ran = await fleet(["multi", "whole-a:work 60", "bad-whole:say b", "whole-c:work 60", "-a", "demo", "--atomic"]);
      expect(ran.code).toBe(1);
      expect(ran.stderr).toMatch(/✗ 0 of 3 at work in batch whole-a; failed: bad-whole; not started: whole-a, whole-c\n$/);
    });
    expect(await traces()).toEqual(before);
    expect((await batches()).map(({ label }) => label)).not.toContain("whole-a");
  });

  test("--no-setup passes the setup over, for the resume too", async () => {
    await withSetup(async () => {
      await ok(["multi", "bad-setup:say a", "-a", "demo", "--no-setup", "-d"]);
      await ok(["kill", "bad-setup", "--yes"]);
    });
  });
});

/** The trash is measured in the background. */
async function traces(): Promise<unknown> {
  const found = (await place.traces()) as { files: string[] };
  return { ...found, files: found.files.filter((path) => !path.includes("/.trash/")) };
}

describe("nothing is made of what can't be", () => {
  const refused = async (words: string[], message: string | RegExp, code = 1, stdin?: string) => {
    const before = await traces();
    const known = await batches();
    const ran = await fleet(words, stdin === undefined ? {} : { stdin });
    expect({ code: ran.code, stderr: ran.stderr }).toEqual({ code, stderr: (typeof message === "string" ? expect.stringContaining(message) : expect.stringMatching(message)) as unknown as string });
    expect(ran.stderr).not.toContain("a bug in fleet");
    expect(await traces()).toEqual(before);
    expect(await batches()).toEqual(known);
  };
  const demo = ["-a", "demo", "-p", "x"];

  test.each(["0", "-1", "1001", "10000", "999999999999"])("fanout of %s", (count) => refused(["fanout", count, "x", ...demo], `✗ a fanout is of 1 to 1000 agents: ${count}`, 2));
  test("fanout of no number, and of none", async () => {
    await refused(["fanout", "three", "x", ...demo], "✗ not a number of agents: three", 2);
    await refused(["fanout"], "✗ how many?", 2);
  });
  test("an empty prompt, no prompt, a prompt with an unknown place", async () => {
    for (const text of ["", " \n "]) await refused(["fanout", "2", "x", "-a", "demo", "-p", text], "✗ the prompt is empty");
    await refused(["fanout", "2", "x", "-a", "demo"], "✗ no prompt", 2);
    await refused(["fanout", "2", "x", "-a", "demo", "-p", "{{foo}}"], "✗ no value for {{foo}} in the prompt");
  });
  test("branches that are there, that git does not take, and that two tasks have", async () => {
    await repo.git("branch", "taken");
    await refused(["multi", "taken:x", "fine:y", "-a", "demo"], /│ taken: the branch exists: taken/);
    await refused(["multi", "a..b:x", "fine:y", "-a", "demo"], /│ a\.\.b: git does not allow this branch name: a\.\.b/);
    await refused(["multi", "same:x", "same:y", "-a", "demo"], /│ task 2: same is the branch of task 1 too/);
    await refused(["multi", "taken/below:x", "-a", "demo"], /│ taken\/below: git can't have both branches/);
    await refused(["multi", "cache-1:x", "-a", "demo"], /│ cache-1: an agent has this branch already/);
  });
  test("a base, a kind, a program that is not there", async () => {
    await refused(["multi", "fine:x", "-a", "demo", "-b", "nope"], /│ fine: no such base: nope/);
    await refused(["multi", "-f", "-"], /│ z: no such kind: nope/, 1, '{"branch":"z","prompt":"x","kind":"nope"}\n');
    await refused(["fanout", "3", "fine", "-a", "demoo", "-p", "x"], /✗ nothing was started: 3 of 3 can't be\n│ fine-1, fine-2, fine-3: no such kind: demoo/);
  });
  test("lists that can't be read, are not TOML, have no prompt", async () => {
    await refused(["multi", "-f", "nope.md"], "✗ can't read the task list: nope.md");
    repo.write("bad.toml", "[[task]]\nbranch = \n");
    await refused(["multi", "-f", "bad.toml"], /✗ bad\.toml:2: invalid value/);
    repo.write("bad.toml", '[[task]]\nbranch = "a"\n');
    await refused(["multi", "-f", "bad.toml"], /│ bad\.toml:1: a has no prompt/);
  });
  test("more than 25 without a word, and a batch that is not there", async () => {
    await refused(["fanout", "26", "many", ...demo], "✗ starting 26 agents is asked about first");
    await refused(["fanout", "--resume", "nope"], "✗ no such batch: nope");
    await refused(["kill", "--batch", "nope", "--yes"], "✗ no such batch: nope");
  });
});

test("--dry-run says what would be, and writes nothing", async () => {
  const before = await traces();
  const known = await batches();
  expect(await ok(["fanout", "2", "dry", "-a", "demo", "-p", "do {{n}}", "--dry-run"])).toBe("dry-1  demo  from main  do 1\ndry-2  demo  from main  do 2\n");
  expect([await traces(), await batches()]).toEqual([before, known]);
});

test("programs that share a login start a moment apart; demo agents do not wait", async () => {
  const bin = join(server.root, "bin");
  await Bun.write(join(bin, "codex"), "#!/bin/sh\ndate +%s%N >> \"$HOME/starts\"\nexec sleep 1000\n");
  Bun.spawnSync(["chmod", "+x", join(bin, "codex")]);
  await ok(["fanout", "3", "login", "-a", "codex", "-p", "x", "-d", "-j", "3"], { env: { PATH: `${bin}:${server.env["PATH"]}` } });
  const starts = await until(async () => {
    const times = (await Bun.file(join(server.home, "starts")).text()).trim().split("\n").map((line) => Number(line) / 1e6);
    return times.length === 3 && times.sort((a, b) => a - b);
  });
  expect(starts[1]! - starts[0]!).toBeGreaterThan(700);
  expect(starts[2]! - starts[1]!).toBeGreaterThan(700);
});

test("in the end nothing is under way and nothing lies about", async () => {
  expect(journal()).toEqual([]);
  expect((await leftovers(place)).filter((path) => !path.includes("/.trash/"))).toEqual([]);
});
