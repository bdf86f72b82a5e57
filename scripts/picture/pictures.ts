// The README's pictures, from a real run: demo agents in a repository and a tmux server of their own, and a terminal that
// looks at them. Started by scripts/pictures.
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { screenSvg } from "./svg";

const CHECKOUT = join(import.meta.dir, "..", "..");
const FLEET = join(CHECKOUT, "bin", "fleet");
const SIZE = { columns: 120, rows: 20 };

const AGENTS: [branch: string, prompt: string][] = [
  ["fix-login", "work 900\nsay done"],
  ["release", "write VERSION.txt 1.0.0\\n\ncommit Number the release\nask May I tag version 1.0.0?"],
  ["docs/usage", "write USAGE.md # Usage\\n\\nhello prints a greeting.\\n\ncommit Say how to use it\nsay The usage is written."],
  ["faster-start", "work 900\nsay done"],
];
const SETTLED = " idle waiting working working ";

interface Picture {
  name: string;
  /** What is to be seen, for those who can't. */
  title: string;
  take(stage: Stage): Promise<string>;
}

const PICTURES: Picture[] = [
  {
    name: "list",
    title: "fleet list in a pane: two agents work, one waits for an answer, one is done; below it tmux's status line with their counts, CPU and memory",
    async take({ type, screen }) {
      // Until each age has two digits, the table is drawn narrower.
      await Bun.sleep(11_000);
      type("fleet refresh; clear; fleet list");
      return screen((text) => text.includes("May I tag") && /cpu \d+%/.test(text) && text.includes("(main) $") && agesAreWide(text));
    },
  },
  {
    name: "popup",
    title: "the agents popup over the pane: the agents, and beside them the screen of the one that waits",
    async take({ press, screen }) {
      press("C-b", "A");
      const shown = await screen((text) => text.includes("May I tag") && text.includes("─") && text.includes("docs/usage"));
      press("q");
      return shown;
    },
  },
];

interface Stage {
  type(line: string): void;
  press(...keys: string[]): void;
  /** The screen with its colours, once it is as wanted and stands still. */
  screen(wanted: (text: string) => boolean): Promise<string>;
  end(): void;
}

/** A place that nobody else uses, with agents in every state that a picture shows. */
async function makeStage(): Promise<Stage> {
  // Short, because a socket's path has at most 104 bytes on macOS.
  const root = mkdtempSync(join(realpathSync("/tmp"), "fl-pic-"));
  const [home, repo] = [join(root, "home"), join(root, "hello")];
  mkdirSync(home);
  mkdirSync(repo);
  const env = { PATH: `${join(CHECKOUT, "bin")}:${process.env["PATH"] ?? "/usr/bin:/bin"}`, HOME: home, TMUX_TMPDIR: root, TERM: "xterm-256color", LANG: "C.UTF-8", SHELL: "/bin/sh", PS1: "hello (main) $ ", GIT_CONFIG_NOSYSTEM: "1" };
  const run = (argv: string[], more: Record<string, string> = {}) => {
    const ran = Bun.spawnSync(argv, { cwd: repo, env: { ...env, ...more }, stdout: "pipe", stderr: "pipe" });
    if (ran.exitCode !== 0) throw new Error(`${argv.slice(0, 4).join(" ")}: ${ran.stderr.toString()}`);
    return ran.stdout.toString();
  };
  const tmux = (...words: string[]) => run(["tmux", "-u", ...words]);
  const outer = (...words: string[]) => run(["tmux", "-u", "-L", "outer", ...words]);
  const end = () => {
    for (const words of [[], ["-L", "outer"]]) Bun.spawnSync(["tmux", ...words, "kill-server"], { env });
    // What ends with the servers may write for a moment yet.
    for (let tries = 0; tries < 10 && existsSync(root); tries++) {
      Bun.sleepSync(200);
      rmSync(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
      Bun.sleepSync(200);
    }
  };
  try {
    writeFileSync(join(home, ".gitconfig"), "[user]\n\tname = A reader\n\temail = reader@example.invalid\n");
    run(["git", "init", "-q", "-b", "main"]);
    writeFileSync(join(repo, "README.md"), "# hello\n");
    run(["git", "add", "-A"]);
    run(["git", "commit", "-q", "-m", "Begin"]);
    tmux("-f", "/dev/null", "new-session", "-d", "-s", "hello", "-c", repo, "-x", String(SIZE.columns), "-y", String(SIZE.rows), "sh");
    tmux("set-option", "-g", "status-interval", "1", ";", "set-option", "-g", "status-style", "bg=#303030,fg=#d4d4d4", ";", "set-option", "-g", "status-right-length", "120",
      ";", "set-option", "-g", "status-right", "#{fleet} ", ";", "set-option", "-g", "window-status-current-format", "#I:#{?pane_in_mode,,sh}");
    run([join(CHECKOUT, "fleet.tmux")], { TMUX: tmux("display-message", "-p", "#{socket_path},#{pid},0").trim() });
    for (const [branch, prompt] of AGENTS) run([FLEET, "create", branch, "-a", "demo", "-d", "-p", prompt]);
    await until("the agents are as the pictures want them", () => tmux("list-sessions", "-F", "#{@fleet_status}").split("\n").filter(Boolean).sort().join(" ") === SETTLED.trim());
    await until("git has answered", () => !run([FLEET, "list"]).includes("·"));
    outer("-f", "/dev/null", "new-session", "-d", "-x", String(SIZE.columns), "-y", String(SIZE.rows), "env", "-u", "TMUX", "-u", "TMUX_PANE", "tmux", "-u", "attach-session", "-t", "=hello",
      ";", "set-option", "-g", "status", "off", ";", "set-option", "-s", "escape-time", "0", ";", "set-option", "-s", "default-terminal", "tmux-256color");
  } catch (error) {
    end();
    throw error;
  }
  return {
    end,
    type: (line) => void tmux("send-keys", "-t", "=hello:", line, "Enter"),
    press: (...keys) => void outer("send-keys", ...keys),
    async screen(wanted) {
      let last = "";
      return until("the screen is as the picture wants it", () => {
        const now = outer("capture-pane", "-p", "-e");
        const still = now === last;
        last = now;
        return still && wanted(now.replace(/\x1b\[[0-9;:]*m/g, "")) ? now : "";
      }, () => last);
    },
  };
}

async function until<T>(what: string, probe: () => T, show: () => string = () => ""): Promise<T> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const answer = probe();
    if (answer) return answer;
    if (Date.now() > deadline) throw new Error(`not within a minute: ${what}\n${show()}`);
    await Bun.sleep(150);
  }
}

function agesAreWide(text: string): boolean {
  return (text.match(/ \d\ds\b/g) ?? []).length >= AGENTS.length;
}

/** Times, CPU and memory are others in each run: the picture shows one of as many columns, so that two runs draw the same. */
export function steady(screen: string): string {
  const lines = screen
    .replace(/ \d\ds\b/g, " 24s")
    .replace(/ +\d+%/g, (share) => "3%".padStart(share.length))
    .replace(/ +\d+(?:\.\d+)?M\b/g, (size) => "44M".padStart(size.length))
    .trimEnd()
    .split("\n");
  // tmux's own line ends at the right edge, whatever its figures are.
  const line = lines.pop()!.replace(/ (?:<1|\d+)m(?=\x1b)/, " <1m").replace(/cpu.*?(?= *$)/, "cpu 12%  mem 176M");
  const wide = Bun.stringWidth(line.replace(/\x1b\[[0-9;:]*m/g, "").trimEnd());
  lines.push(line.trimEnd().replace(/ {9,}/, (gap) => " ".repeat(Math.max(1, gap.length + SIZE.columns - 1 - wide))));
  return lines.join("\n");
}

export async function pictures(): Promise<Record<string, string>> {
  const stage = await makeStage();
  const stop = () => (stage.end(), process.exit(130));
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  try {
    const taken: Record<string, string> = {};
    for (const { name, title, take } of PICTURES) taken[`docs/${name}.svg`] = screenSvg(steady(await take(stage)), SIZE.columns, title);
    return taken;
  } finally {
    stage.end();
  }
}

if (import.meta.main) {
  const check = process.argv.includes("--check");
  const stale: string[] = [];
  for (const [path, svg] of Object.entries(await pictures())) {
    const file = join(CHECKOUT, path);
    const old = await Bun.file(file).text().catch(() => "");
    if (old === svg) continue;
    stale.push(path);
    if (check) continue;
    mkdirSync(join(CHECKOUT, "docs"), { recursive: true });
    writeFileSync(file, svg);
    console.error(`wrote ${path}`);
  }
  if (check && stale.length > 0) console.error(`stale: ${stale.join(", ")}; scripts/pictures`);
  process.exitCode = check && stale.length > 0 ? 1 : 0;
}
