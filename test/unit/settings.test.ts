// Layers, origins, and what of a repo's file acts before and after a person approved it.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Cancelled, UserError } from "../../src/base/errors";
import { defaultFile, defaultValues } from "../../src/base/options";
import { type ApprovalMeans, requireApproval } from "../../src/fleet/approval";
import { approve, isApproved } from "../../src/fleet/approved";
import { configRows, valueText } from "../../src/fleet/config-rows";
import { loadSettings, originText, type Settings } from "../../src/fleet/settings";
import { writeIfMissing } from "../../src/ports/config-file";
import { NoServer, type Tmux } from "../../src/ports/tmux/call";

let root: string;
let home: string;
let main: string;
let warned: string[];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "fleet-settings-"));
  home = join(root, "home/.ai_fleet");
  main = join(root, "repo");
  mkdirSync(main);
  warned = [];
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const load = (common: string | null = join(main, ".git")): Promise<Settings> =>
  loadSettings({ home, main: common === null ? null : main, common, userHome: join(root, "home") }, (message) => warned.push(message));
const own = (text: string) => {
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, "config.toml"), text);
};
const repoFile = (text: string | Uint8Array) => writeFileSync(join(main, ".ai_fleet.toml"), text);
const refusal = async (promise: Promise<unknown>): Promise<UserError> => {
  try {
    await promise;
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
};

describe("the person's file", () => {
  test("is written on the first run, for its owner only, and changes nothing", async () => {
    const first = await load(null);
    const path = join(home, "config.toml");
    expect(readFileSync(path, "utf8")).toBe(defaultFile("~/.ai_fleet"));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(first.values).toEqual(defaultValues(home));
    expect(await load(null)).toEqual(first);
  });

  test("is never written over", async () => {
    own("# mine\n");
    await load(null);
    // Also not when another process made it after this one had looked.
    writeIfMissing(join(home, "config.toml"), "# defaults\n");
    expect(readFileSync(join(home, "config.toml"), "utf8")).toBe("# mine\n");
  });

  test("is done without where the home can't be written to", async () => {
    writeFileSync(join(root, "home"), "a file where the home should be");
    expect((await load(null)).values["agent.default"]).toBe("claude");
  });

  test("wins over defaults, with ~ expanded and the line told", async () => {
    own('\ufeff[worktree]\r\nroot = "~/trees"\r\n[agent]\r\ndefault = "opus"\r\n[kinds.opus]\r\nlike = "claude"\r\nflags = ["--model", "opus"]\r\n');
    const { values, origins, kinds, kindLines } = await load(null);
    expect(values["worktree.root"]).toBe(join(root, "home/trees"));
    expect(values["agent.default"]).toBe("opus");
    expect(originText(origins["worktree.root"])).toBe("config.toml:2");
    expect(originText(origins["setup.run"])).toBe("default");
    expect(kinds).toEqual({ opus: { like: "claude", flags: ["--model", "opus"] } });
    expect(kindLines["kinds.opus.flags"]).toBe(7);
  });

  test("with one mistake refuses with that line and the command that mends it", async () => {
    own("[log]\nsize = true\n");
    const error = await refusal(load(null));
    expect(error.message).toBe("config.toml:2: log.size: expected a whole number, got the boolean true");
    expect(error.hint).toBe("fleet config edit");
  });

  test("with several lists them all", async () => {
    own("[log]\nsize = true\n[setup]\nrun = 1\n");
    const error = await refusal(load(null));
    expect(error.message).toBe("2 mistakes in the configuration");
    expect(error.detail?.split("\n")).toHaveLength(2);
  });

  test("that is a directory is told of", async () => {
    mkdirSync(join(home, "config.toml"), { recursive: true });
    expect((await refusal(load(null))).message).toContain(join(home, "config.toml"));
  });
});

describe("the repo's file", () => {
  test("names the base at once, and does nothing else before approval", async () => {
    own('[worktree]\ncopy = ["mine"]\n');
    repoFile('[create]\nbase = "develop"\n[setup]\nrun = ["npm ci"]\n[worktree]\nroot = "/evil"\ncopy = ["theirs"]\nlink = ["cache"]\n');
    const before = await load();
    expect(before.values).toMatchObject({ "create.base": "develop", "setup.run": [], "worktree.copy": ["mine"], "worktree.link": [], "worktree.root": `${home}/worktrees` });
    expect(before.repoFile).toMatchObject({ approved: false, acts: ["worktrees in  /evil", "copy  theirs", "link  cache", "run   npm ci"] });

    await approve(home, join(main, ".git"), before.repoFile!.hash);
    const after = await load();
    expect(after.values).toMatchObject({ "create.base": "develop", "setup.run": ["npm ci"], "worktree.copy": ["theirs"], "worktree.link": ["cache"], "worktree.root": "/evil" });
    expect(originText(after.origins["setup.run"])).toBe(".ai_fleet.toml:4");
  });

  test("is unapproved again after any change of it, and approved when it is back", async () => {
    const text = '[setup]\nrun = ["true"]\n';
    repoFile(text);
    await approve(home, join(main, ".git"), (await load()).repoFile!.hash);
    expect((await load()).repoFile?.approved).toBe(true);
    repoFile(`${text}\n`);
    expect((await load()).repoFile?.approved).toBe(false);
    repoFile(text);
    expect((await load()).repoFile?.approved).toBe(true);
  });

  test("is approved for one repo, not for another with the same content", async () => {
    repoFile('[setup]\nrun = ["true"]\n');
    await approve(home, join(main, ".git"), (await load()).repoFile!.hash);
    expect((await load("/elsewhere/.git")).repoFile?.approved).toBe(false);
  });

  test("needs no approval when nothing in it acts", async () => {
    repoFile('[create]\nbase = "main"\n');
    expect((await load()).repoFile).toMatchObject({ approved: true, acts: [] });
  });

  test("that empties a list needs approval too", async () => {
    repoFile("[worktree]\ncopy = []\n");
    expect((await load()).repoFile).toMatchObject({ approved: false, acts: ["copy  nothing (worktree.copy = [])"] });
  });

  test("can't say what claude runs; what it may not hold is named once", async () => {
    repoFile('[kinds.claude]\nflags = ["--evil"]\n[agent]\ndefault = "x"\n[worktree]\nx = 1\n[log]\nsize = 1\n');
    const settings = await load();
    expect(settings.kinds).toEqual({});
    expect(settings.values["agent.default"]).toBe("claude");
    expect(warned).toEqual([".ai_fleet.toml may not hold this, so it has no effect: kinds, agent, worktree.x, log"]);
  });

  test("shows commands with nothing hidden in them", async () => {
    repoFile('[setup]\nrun = ["true \\u001b[2K\\r; rm -rf ~\\n\\u202ex", "a\\u200bb"]\n');
    expect((await load()).repoFile?.acts).toEqual(["run   true \\x1b[2K\\r; rm -rf ~\\n\\u202ex", "run   a\\u200bb"]);
  });

  test("is left out when it leads out of the checkout, is a pipe, or is huge", async () => {
    const secret = join(root, "secret");
    writeFileSync(secret, '[setup]\nrun = ["x"]\n');
    symlinkSync(secret, join(main, ".ai_fleet.toml"));
    expect((await load()).repoFile).toBeNull();
    rmSync(join(main, ".ai_fleet.toml"));
    Bun.spawnSync(["mkfifo", join(main, ".ai_fleet.toml")]);
    expect((await load()).repoFile).toBeNull();
    rmSync(join(main, ".ai_fleet.toml"));
    repoFile(`# ${"x".repeat(70_000)}\n`);
    expect((await load()).repoFile).toBeNull();
    expect(warned).toEqual([
      ".ai_fleet.toml is left out: it is a link that leads out of the checkout",
      ".ai_fleet.toml is left out: it is not a plain file",
      ".ai_fleet.toml is left out: it is larger than 64 kB",
    ]);
  });

  test("that is broken refuses, and names the repo's file as what to correct", async () => {
    repoFile("[setup\n");
    const error = await refusal(load());
    expect(error.message).toStartWith(".ai_fleet.toml:1: not valid TOML");
    expect(error.hint).toContain("fleet config validate");
  });

  test("that is no text at all is an error, not a crash", async () => {
    repoFile(new Uint8Array([0xff, 0xfe, 0, 1, 2, 0x1b]));
    expect((await refusal(load())).message).toStartWith(".ai_fleet.toml:1: not valid TOML");
  });
});

describe("approvals", () => {
  test("of a broken record are none, and the next approval mends it", async () => {
    mkdirSync(home, { recursive: true });
    for (const text of ["{", "[]", '{"repos":[]}', '{"repos":{"r":"h"}}', "null"]) {
      writeFileSync(join(home, "approved.json"), text);
      expect(isApproved(home, "r", "h")).toBe(false);
    }
    await approve(home, "r", "h");
    expect(isApproved(home, "r", "h")).toBe(true);
    expect(isApproved(home, "r", "other")).toBe(false);
    expect(isApproved(home, "__proto__", "h")).toBe(false);
    expect(statSync(join(home, "approved.json")).mode & 0o777).toBe(0o600);
  });

  test("made at once are all kept", async () => {
    await Promise.all(Array.from({ length: 8 }, (_, i) => approve(home, `repo${i}`, "h")));
    expect(Array.from({ length: 8 }, (_, i) => isApproved(home, `repo${i}`, "h"))).not.toContain(false);
  });
});

describe("asking for approval", () => {
  let said: string[];
  const tmuxThat = (call: Tmux["call"]): Tmux => ({ call, env: {}, socket: "" });
  const means = (over: Partial<ApprovalMeans> = {}): ApprovalMeans => ({
    env: {},
    terminal: { interactive: true },
    tmux: tmuxThat(() => Promise.reject(new Error("tmux was asked"))),
    store: { home },
    out: { note: (text) => said.push(text), progress: (text) => said.push(text), done: (text) => said.push(text) },
    confirm: () => Promise.reject(new Error("a person was asked")),
    ...over,
  });
  const repo = () => ({ common: join(main, ".git"), main });
  beforeEach(() => {
    said = [];
    repoFile('[setup]\nrun = ["make deps"]\n');
  });

  test("shows everything, and remembers a yes", async () => {
    await requireApproval(means({ confirm: async () => true }), repo(), await load());
    expect(said.join("\n")).toContain("run   make deps");
    const settings = await load();
    expect(settings.values["setup.run"]).toEqual(["make deps"]);
    await requireApproval(means(), repo(), settings);
  });

  test("remembers nothing of a no, and refuses", async () => {
    expect((await refusal(requireApproval(means({ confirm: async () => false }), repo(), await load()))).message).toContain("not approved");
    expect((await load()).repoFile?.approved).toBe(false);
  });

  test("takes Esc and Ctrl-C for neither yes nor an error", async () => {
    const cancelled = requireApproval(means({ confirm: () => Promise.reject(new Cancelled()) }), repo(), await load());
    await expect(cancelled).rejects.toBeInstanceOf(Cancelled);
    expect((await load()).repoFile?.approved).toBe(false);
  });

  test("without a terminal refuses with the command", async () => {
    const error = await refusal(requireApproval(means({ terminal: { interactive: false } }), repo(), await load()));
    expect(error.hint).toContain("config approve");
    expect(error.detail).toBe("run   make deps");
  });

  test("inside an agent refuses, by its variable or by its session's option", async () => {
    const settings = await load();
    expect((await refusal(requireApproval(means({ env: { FLEET_ID: "a1" } }), repo(), settings))).message).toContain("an agent can't approve");
    let target: unknown;
    const tmux = tmuxThat(async (commands) => ((target = commands[0]?.[3]), "a1\n"));
    for (const [env, expected] of [[{ TMUX: "/s,1,7", TMUX_PANE: "%3" }, "%3"], [{ TMUX: "/s,1,7" }, "$7"]] as const) {
      expect((await refusal(requireApproval(means({ env, tmux }), repo(), settings))).message).toContain("an agent can't approve");
      expect(target).toBe(expected);
    }
  });

  test("asks in other sessions and after a server's end, but not where tmux gives no answer", async () => {
    const env = { TMUX: "/s,1,7", TMUX_PANE: "%3" };
    const asked = (tmux: Tmux) => requireApproval(means({ env, tmux }), repo(), settings);
    const settings = await load();
    await expect(asked(tmuxThat(async () => "\n"))).rejects.toThrow("a person was asked");
    await expect(asked(tmuxThat(() => Promise.reject(new NoServer())))).rejects.toThrow("a person was asked");
    await expect(asked(tmuxThat(() => Promise.reject(new Error("timed out"))))).rejects.toThrow("timed out");
  });
});

describe("the rows that are shown", () => {
  test("hold every option, kinds, and apart from them what waits for approval", async () => {
    own('[kinds.mine]\ncommand = ["x", "{prompt}"]\nenv = { A = "\\u001b[0m" }\n');
    repoFile('[setup]\nrun = ["make"]\n');
    const rows = configRows(await load(), defaultValues(home));
    const setup = rows.filter((row) => row.key === "setup.run");
    expect(setup.map(({ value, origin, acts }) => [value, origin, acts])).toEqual([[[], "default", true], [["make"], ".ai_fleet.toml:2 (not approved)", false]]);
    const env = rows.find((row) => row.key === "kinds.mine.env")!;
    expect([env.origin, valueText(env.value)]).toEqual(["config.toml:3", '{ A = "\\u001b[0m" }']);
  });
});
