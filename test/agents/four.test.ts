// Four real programs' agents at once, as a person has them: every look is right, and the answer loop deals with every question.
import { expect, setDefaultTimeout, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { agentPlace } from "../helpers/agent-place";
import { until } from "../helpers/until";

setDefaultTimeout(400_000);

const KINDS = ["claude", "codex", "gemini", "opencode"] as const;
const ARGS: Readonly<Record<string, readonly string[]>> = {
  claude: ["--", "--permission-mode", "manual"],
  codex: ["--", "-a", "on-request", "-s", "workspace-write", "--enable", "default_mode_request_user_input"],
  gemini: ["--", "--skip-trust"],
};

const place = await agentPlace(...KINDS);

type Task = "permission" | "choice" | "words";
const TASKS: readonly Task[] = ["permission", "choice", "words"];
const taskOf = (kind: string, round: number): Task => TASKS[(KINDS.indexOf(kind as "claude") + round) % TASKS.length]!;
const file = (kind: string, round: number) => `${kind}-${round}.txt`;
const words = (kind: string, round: number) => `light green for ${kind} ${round}`;

/** Each has another task in each round, so that the loop meets all of them side by side. */
function promptFor(kind: string, round: number): string {
  return taskOf(kind, round) === "permission" ? `round ${round}\nSTUB:bash touch ${file(kind, round)}` : `round ${round}\nSTUB:ask Which colour for ${kind} ${round}?`;
}

async function untilAllAsk(round: number): Promise<void> {
  for (const kind of KINDS) {
    const isPermission = taskOf(kind, round) === "permission";
    await place.comes(kind, `round ${round}, four at once`, "waiting", { reason: isPermission ? "permission" : "question", doing: isPermission ? `touch ${file(kind, round)}` : `Which colour for ${kind} ${round}?` });
  }
}

/** The loop's last question: whose it is, the how manieth, and what can be chosen. */
function menuOn(shown: string): { kind: string; heads: number; rows: string[]; marked: string | undefined } {
  const at = Math.max(shown.lastIndexOf("Allow this?"), shown.lastIndexOf("Your answer?"), 0);
  const heads = [...shown.slice(0, at).matchAll(/^(claude|codex|gemini|opencode) · \1\b/gm)];
  const rows = [...shown.slice(at).matchAll(/([●○]) (\S.*?)\s*$/gm)];
  return { kind: heads.at(-1)?.[1] ?? "", heads: heads.length, rows: rows.map((row) => row[2]!), marked: rows.find((row) => row[1] === "●")?.[2] };
}

/** A person at `fleet answer` in a terminal of their own. Returns the agents in the order in which they were asked about. */
async function goThroughLoop(round: number): Promise<string[]> {
  const [session, pane] = (await place.server.tmux("new-session", "-d", "-P", "-F", "#{session_id} #{pane_id}", "-x", "120", "-y", "50", "-c", place.repo.path, `PATH=${process.cwd()}/bin:$PATH; fleet answer; echo ended with $?; exec sleep 1000`)).split(" ") as [string, string];
  const screen = async () => place.server.tmux("capture-pane", "-p", "-J", "-S", "-", "-t", pane);
  const press = (...keys: string[]) => place.server.tmux("send-keys", "-t", pane, ...keys);
  const shows = (what: string, holds: (shown: string) => unknown) => until(async () => holds(await screen()), { what, timeout: 60_000, every: 100, show: screen });
  const asked: string[] = [];
  while (asked.length < KINDS.length) {
    // The choices of the question that is asked now are drawn: keys before that are typed ahead.
    const { kind, rows } = await until(async () => {
      const menu = menuOn(await screen());
      return menu.heads === asked.length + 1 && !asked.includes(menu.kind) && menu.rows.some((row) => row.startsWith("1  ")) && menu;
    }, { what: `question ${asked.length + 1}`, timeout: 60_000, every: 100, show: screen });
    const task = taskOf(kind, round);
    expect(await screen()).toContain(task === "permission" ? `touch ${file(kind, round)}` : `Which colour for ${kind} ${round}?`);
    const wanted = { permission: 0, choice: rows.indexOf("2  Blue"), words: rows.indexOf("answer in words") }[task];
    expect(wanted).toBeGreaterThanOrEqual(0);
    for (let i = 0; i < wanted; i++) await press("Down");
    await shows(`the cursor on ${rows[wanted]}`, (shown) => menuOn(shown).marked === rows[wanted]);
    await press("Enter");
    if (task === "words") {
      await shows("the box for words", (shown) => shown.trimEnd().split("\n").slice(-4).join("\n").includes("The answer in words:"));
      await press("-l", words(kind, round));
      await press("Enter");
    }
    asked.push(kind);
  }
  await shows("the loop's end", (shown) => shown.includes("ended with 0"));
  expect(await screen()).toContain("4 answered, none left");
  await place.server.tmux("kill-session", "-t", session);
  return asked;
}

for (const round of TASKS.keys()) {
  test(`round ${round}: each asks something else, a command or a question`, async () => {
    for (const kind of KINDS) {
      if (round === 0) await place.ok(["create", kind, "-d", "-a", kind, "-p", promptFor(kind, 0), ...(ARGS[kind] ?? [])]);
      else await place.ok(["prompt", kind, "-f", "-"], { stdin: promptFor(kind, round) });
    }
    await untilAllAsk(round);
  });

  test(`round ${round}: the answer loop deals with every one, by number and in words, and ends when none is left`, async () => {
    expect((await goThroughLoop(round)).sort()).toEqual([...KINDS].sort());
  });

  test(`round ${round}: each got its own answer and no other, and is idle`, async () => {
    for (const kind of KINDS) {
      const done = await place.comes(kind, `round ${round}, answered in the loop`, "idle", { reason: null, doing: "STUB-OK tools=1" });
      const task = taskOf(kind, round);
      for (const other of KINDS) expect(existsSync(join(done.worktree, file(other, round)))).toBe(other === kind && task === "permission");
      if (task === "permission") continue;
      const { result } = place.stub.results.findLast(({ said }) => said.includes(`for ${kind} ${round}?`))!;
      expect(result).toContain(task === "words" ? words(kind, round) : "Blue");
    }
  });
}

test("every look is right while all of them work and end", async () => {
  for (const kind of KINDS) await place.ok(["prompt", kind, `${kind} again ;; STUB:delay 20000`]);
  const now = await place.list();
  expect(now.map(({ branch, status }) => [branch, status]).sort()).toEqual(KINDS.map((kind) => [kind, "working"]).sort());
  for (const kind of KINDS) await place.comes(kind, "all at once", "idle", { doing: "STUB-OK lines=1" });
});
