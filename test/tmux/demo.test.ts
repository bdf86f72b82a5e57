// The demo agent in a real pane, and its reports as tmux holds them.
import { afterEach, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { argument } from "../../src/ports/tmux/call";
import { binary } from "../helpers/binary";
import { makeRepo, type TestRepo } from "../helpers/repo";
import { privateServer } from "../helpers/server";
import { until } from "../helpers/until";

const server = await privateServer();
let repo: TestRepo;
const fleet = await binary();
let count = 0;
let pane = "";

afterEach(async () => {
  if (pane) await server.tmux("kill-pane", "-t", pane).catch(() => {});
});

/** Start the demo agent in a fresh repository, tagged as fleet tags its sessions. The shell behind it tells how it ended. */
async function start(...words: string[]): Promise<void> {
  // A resumed conversation is the same agent's.
  const id = words[0] === "--resume" ? `t${count}` : `t${++count}`;
  repo = await makeRepo(server, { name: `repo-${id}` });
  const script = '"$0" demo-agent "$@"; echo "ended with $?"; stty -a | tr " " "\\n" | grep -x -e icanon -e -icanon; exec sleep 100000';
  const made = await server.tmux(
    "new-session", "-d", "-P", "-F", "#{pane_id}", "-x", "100", "-y", "40", "-c", repo.path, "-e", `FLEET_ID=${id}`, "-e", "FLEET_KIND=demo",
    "--", "sh", "-c", script, fleet, ...words.map(argument),
    ";", "set-option", "@fleet_id", id, ";", "set-option", "-F", "@fleet_pane", "#{pane_id}", ";", "set-option", "@fleet_status", "starting",
  );
  pane = made;
}

const shown = () => server.screen(pane);
const option = (name: string) => server.tmux("display-message", "-p", "-t", pane, `#{@fleet_${name}}`);
const keys = (...words: string[]) => server.tmux("send-keys", "-t", pane, ...words);

async function sees(text: string | RegExp): Promise<string> {
  const matches = (screen: string) => (typeof text === "string" ? screen.includes(text) : text.test(screen));
  const probe = async (): Promise<string> => {
    const screen = await shown();
    return matches(screen) ? screen : "";
  };
  return until(probe, { what: `${text} on the screen`, show: shown });
}

async function reports(status: string): Promise<void> {
  await until(async () => (await option("status")) === status, { what: `status ${status}`, show: () => option("status") });
}

/** Processes of the pane whose command line holds `words`. */
async function processes(words: string): Promise<number[]> {
  const tty = (await server.tmux("display-message", "-p", "-t", pane, "#{pane_tty}")).replace("/dev/", "");
  const found = Bun.spawnSync(["pgrep", "-t", tty, "-f", words]).stdout.toString();
  return found.split("\n").filter(Boolean).map(Number);
}

/** Zombies are gone: who should have waited for them may be slow. */
function alive(pid: number): boolean {
  const state = Bun.spawnSync(["ps", "-o", "stat=", "-p", String(pid)]).stdout.toString().trim();
  return state !== "" && !state.startsWith("Z");
}

async function paste(text: string): Promise<void> {
  const file = join(server.root, "paste");
  writeFileSync(file, text);
  await server.tmux("load-buffer", "-b", "p", file, ";", "paste-buffer", "-p", "-d", "-b", "p", "-t", pane);
}

describe("prompts", () => {
  test("ten pasted lines arrive whole, and one Enter submits them once", async () => {
    await start();
    await reports("idle");
    const lines = Array.from({ length: 10 }, (_, i) => `say line ${i} of ten`);
    await paste(lines.join("\n"));
    await keys("Enter");
    const screen = await sees(/line 9 of ten\n● done/);
    expect(screen).toContain("● received 10 lines");
    expect(screen.match(/received/g)).toHaveLength(1);
    expect(screen.match(/● line \d of ten/g)).toHaveLength(10);
    await reports("idle");
    await until(async () => (await option("doing")) === "line 9 of ten");
  });

  test("C-j is a line end, a backspace takes a character, C-u the line", async () => {
    await start();
    await sees(/^>$/m);
    await keys("-l", "nothing of this");
    await keys("C-u");
    await keys("-l", "say onee");
    await keys("BSpace", "C-j");
    await keys("-l", "say two");
    await keys("Enter");
    const screen = await sees(/● one\n● two\n● done/);
    expect(screen).toContain("› say one\n");
    expect(screen).toContain("received 2 lines");
  });

  test("the one on the command line is worked on at once, whatever it looks like", async () => {
    await start("--", "-x\nsay 'it' \"is\" $(id) `id` #{pid} ;");
    const screen = await sees("● done");
    expect(screen).toContain("› -x\n");
    expect(screen).toContain("● 'it' \"is\" $(id) `id` #{pid} ;\n");
    await until(async () => (await option("doing")) === "'it' \"is\" $(id) `id` #{pid} ;", { show: () => option("doing") });
  });

  test("one given while it works waits for its turn", async () => {
    await start("--", "work 1\nsay first");
    await sees("Working");
    await keys("-l", "say second");
    await keys("Enter");
    await sees("1 queued");
    await sees(/● first[^]*● second\n● done/);
  });
});

describe("work", () => {
  test("files are written and committed, as git's own author", async () => {
    await start("--", "write dir/a.txt one\\ntwo\nwrite *.txt star\ncommit Add 'a'; $(id)");
    await sees(/committed [0-9a-f]+/);
    expect(await repo.git("log", "-1", "--format=%an %s")).toBe("Tester Add 'a'; $(id)");
    expect(await repo.git("show", "--name-only", "--format=", "HEAD")).toBe("*.txt\ndir/a.txt");
    expect(readFileSync(join(repo.path, "dir/a.txt"), "utf8")).toBe("one\ntwo\n");
    expect(await repo.git("status", "--porcelain")).toBe("");
  });

  test("a prompt without a directive becomes a committed note", async () => {
    await start("Please write a haiku\nabout tmux");
    await sees("wrote demo/please-write-a-haiku-about.md");
    await sees("● done");
    expect(readFileSync(join(repo.path, "demo/please-write-a-haiku-about.md"), "utf8")).toBe("Please write a haiku\nabout tmux\n");
    expect(await repo.git("log", "-1", "--format=%s")).toBe("Add demo/please-write-a-haiku-about.md");
  });

  test("nothing is written outside of its directory, through a link neither", async () => {
    await start();
    await reports("idle");
    mkdirSync(join(server.root, "elsewhere"), { recursive: true });
    symlinkSync(join(server.root, "elsewhere"), join(repo.path, "link"));
    await keys("-l", "write ../out.txt x");
    await keys("Enter");
    await sees("✗ not in the working directory: ../out.txt");
    await keys("-l", "write link/out.txt x");
    await keys("Enter");
    await sees("✗ not in the working directory: link/out.txt");
    expect(existsSync(join(server.root, "out.txt")) || existsSync(join(server.root, "elsewhere/out.txt"))).toBe(false);
    await until(async () => (await option("reason")) === "error");
  });
});

describe("waiting for a person", () => {
  test("a question waits, is reported with its text, and y goes on", async () => {
    await start("--", "ask May I go on; 'really' #{pid}?\nsay went on");
    await reports("waiting");
    expect(await option("reason")).toBe("permission");
    expect(await option("doing")).toBe("May I go on; 'really' #{pid}?");
    await paste("y\nyes");
    await keys("x");
    expect(await option("status")).toBe("waiting");
    await keys("y");
    await sees(/● went on\n● done/);
    await reports("idle");
    expect(await option("reason")).toBe("");
  });

  test("2 denies, and the turn is over", async () => {
    await start("--", "ask May I?\nsay went on");
    await reports("waiting");
    await keys("2");
    await reports("idle");
    expect(await option("doing")).toBe("denied: May I?");
    expect(await shown()).not.toContain("● went on");
  });

  test("Esc interrupts a turn at once", async () => {
    await start("--", "work 600\nsay never");
    await reports("working");
    await sees("Working");
    await keys("Escape");
    await reports("idle");
    expect(await option("doing")).toBe("interrupted");
    expect(await shown()).not.toContain("● never");
  });
});

describe("the end", () => {
  test("C-c twice exits with the terminal as it was", async () => {
    await start("--", "say hello");
    await sees("● done");
    expect(await server.tmux("display-message", "-p", "-t", pane, "#{alternate_on}")).toBe("1");
    await keys("C-c");
    await sees("Ctrl-C again exits");
    await keys("C-c");
    const screen = await sees("ended with 0");
    await until(async () => /^icanon$/m.test(await shown()));
    expect(screen).not.toContain("● done");
    expect(await server.tmux("display-message", "-p", "-t", pane, "#{alternate_on}")).toBe("0");
    // Bracketed paste is off: a paste comes bare.
    await paste("plain");
    await until(async () => (await shown()).includes("plain"));
    expect(await shown()).not.toContain("200~");
  });

  test("/exit ends with 0, `exit 7` with 7, a crash with its signal", async () => {
    await start();
    await sees(/^>$/m);
    await keys("-l", "/exit");
    await keys("Enter");
    await sees("ended with 0");
    await start("--", "exit 7");
    await sees("ended with 7");
    await start("--", "crash");
    await sees("ended with 137");
  });

  test("children end with it, and stay behind a crash", async () => {
    await start("--", "children 3\nwork 0.5\nexit 0");
    const ended = await until(async () => { const found = await processes("sleep 1000000"); return found.length === 3 ? found : null; });
    await sees("ended with 0");
    await until(() => !ended.some(alive));
    await start("--", "children 2\ncrash");
    await sees("ended with 137");
    const left = await processes("sleep 1000000");
    expect(left.filter(alive)).toHaveLength(2);
    // The pane's hangup reaches what is still in it.
    await server.tmux("kill-pane", "-t", pane);
    await until(() => !left.some(alive));
  });

  test("a conversation is taken up again, with its transcript", async () => {
    await start("--conversation", "c-1", "--", "say remember me");
    await sees("● done");
    await keys("C-d");
    await sees("To continue: fleet demo-agent --resume c-1");
    await start("--resume", "c-1");
    expect(await sees("resumed c-1")).toContain("● remember me");
    await reports("idle");
  });

  test("a conversation that nobody knows is refused before the terminal is touched", async () => {
    await start("--resume", "c-unknown");
    const screen = await sees("ended with 1");
    expect(screen).toContain("no such conversation: c-unknown");
  });

  test("after ignore-hup only SIGKILL ends it", async () => {
    await start("--", "ignore-hup");
    await sees("● done");
    const [pid = 0] = await processes("demo-agent -- ignore-hup$");
    await server.tmux("kill-pane", "-t", pane);
    process.kill(pid, "SIGTERM");
    // Nothing is to be seen of a signal that does nothing: one that ends it has done so by then.
    await Bun.sleep(300);
    expect(alive(pid)).toBe(true);
    process.kill(pid, "SIGKILL");
    await until(() => !alive(pid));
  });
});
