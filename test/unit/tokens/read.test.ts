// Transcripts on disk, as programs leave, grow and rewrite them: what the sums say, and that nothing is counted twice.
import { afterAll, expect, test } from "bun:test";
import { Database } from "bun:sqlite";
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { AgentRecord, Spent } from "../../../src/base/model";
import { endTokens } from "../../../src/fleet/tokens/end";
import { itemsOf, readLedger } from "../../../src/fleet/tokens/ledger";
import { loadLedgers, loadTokens } from "../../../src/fleet/tokens/read";
import { openStore } from "../../../src/ports/store";
import { aRecord } from "../../helpers/model";

const FIXTURES = join(import.meta.dir, "../../fixtures/transcripts");
const root = realpathSync(mkdtempSync(join(tmpdir(), "fleet-tokens-")));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let places = 0;

/** A home with the agents of one kind in it; transcripts are those that programs wrote in /home/dev/code/repo, put into the worktree. */
function place(kind: string, config = "") {
  const home = join(root, String(places++));
  const worktree = join(home, "wt/task");
  mkdirSync(worktree, { recursive: true });
  mkdirSync(join(home, ".ai_fleet"));
  writeFileSync(join(home, ".ai_fleet/config.toml"), config);
  const store = openStore(join(home, ".ai_fleet"), () => {});
  const record = aRecord({ kind, worktree, created: "2026-11-01T00:00:00.000Z" });
  const ports = { store, env: { HOME: home }, now: () => Date.parse("2026-11-26T12:00:00Z") };
  const put = (path: string, name: string, change = (text: string) => text) => {
    const file = join(home, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, change(readFileSync(join(FIXTURES, name), "utf8").replaceAll("/home/dev/code/repo", worktree)));
    return file;
  };
  const look = async (records: AgentRecord[] = [record], deadlineMs = 5_000) => (await loadTokens(ports, records, { deadlineMs })).get(record.id);
  return { home, worktree, store, record, ports, put, look, slug: worktree.replace(/[^a-zA-Z0-9]/g, "-") };
}

const counts = (spent: Spent | undefined) => spent && [spent.input, spent.output, spent.cacheRead, spent.cacheWrite];
const CLAUDE = [6540, 140, 1800, 240];
const SESSION = "4f7cd7dd-4783-4add-b564-eedd3a6ee5be";

test("Claude Code's own sum is the sum, with its own figure; a second look reads nothing again", async () => {
  const { put, look, slug, store } = place("claude");
  put(`.claude/projects/${slug}/${SESSION}.jsonl`, "claude.jsonl");
  const spent = await look();
  expect(counts(spent)).toEqual(CLAUDE);
  expect(spent!.cost).toBeCloseTo(0.03052, 9);
  expect(spent!.partial).toBe(false);
  const written = statSync(store.path("cache/tokens/abcdef.json")).mtimeMs;
  expect(counts(await look())).toEqual(CLAUDE);
  expect(statSync(store.path("cache/tokens/abcdef.json")).mtimeMs).toBe(written);
});

test("a message after the program's sum is priced and added; the next sum takes its place", async () => {
  const { put, look, slug } = place("claude");
  const file = put(`.claude/projects/${slug}/${SESSION}.jsonl`, "claude.jsonl");
  const later = readFileSync(file, "utf8").split("\n").find((line) => line.includes('"msg_stub000005"'))!.replace("msg_stub000005", "msg_new").replace("2026-11-22T20:20:04.003Z", "2026-11-22T21:00:00.000Z");
  appendFileSync(file, `${later}\n`);
  const spent = await look();
  expect(counts(spent)).toEqual([6540 + 1060, 140 + 20, 1800 + 300, 240 + 40]);
  expect(spent!.cost).toBeCloseTo(0.03052 + 0.0049, 9);
  // The process that ended at eleven has counted it as well.
  const total = readFileSync(file, "utf8").split("\n").find((line) => line.includes('"cost-state"'))!;
  appendFileSync(file, `${total.replace('"inputTokens":6540', '"inputTokens":7600').replace('"outputTokens":140', '"outputTokens":160').replace(/"costUSD":[0-9.]+/, '"costUSD":0.04')}\n`);
  const again = await look();
  expect(again!.input).toBe(7600);
  expect(again!.cost).toBeCloseTo(0.04, 9);
});

test("a line that is still being written counts once it is whole", async () => {
  const { put, look, slug, home } = place("claude");
  const whole = readFileSync(put(`.claude/projects/${slug}/${SESSION}.jsonl`, "claude.jsonl", (text) => text.split("\n").filter((line) => !line.includes("cost-state")).join("\n")), "utf8");
  const file = join(home, `.claude/projects/${slug}/${SESSION}.jsonl`);
  const cut = whole.lastIndexOf('{"parentUuid":"c5dfd3c8');
  writeFileSync(file, whole.slice(0, cut + 50));
  expect(counts(await look())).toEqual([1040, 30, 300, 40]);
  appendFileSync(file, whole.slice(cut + 50));
  expect(counts(await look())).toEqual([2100, 50, 600, 80]);
});

test("a rewritten file is read anew, a truncated one too; a deleted one stays counted", async () => {
  const { put, look, slug } = place("claude");
  const path = `.claude/projects/${slug}/${SESSION}.jsonl`;
  put(path, "claude.jsonl");
  expect(counts(await look())).toEqual(CLAUDE);
  const file = put(path, "claude-resumed.jsonl");
  utimesSync(file, new Date(), new Date());
  expect(counts(await look())).toEqual([2000, 40, 0, 0]);
  truncateSync(file, readFileSync(file, "utf8").indexOf('"id":"msg_stub4"') - 300);
  expect(counts(await look())).toEqual([1000, 20, 0, 0]);
  rmSync(file);
  expect(counts(await look())).toEqual([1000, 20, 0, 0]);
});

test("a lost or broken cache is made again, and counts nothing twice", async () => {
  const { put, look, slug, store } = place("claude");
  const file = put(`.claude/projects/${slug}/${SESSION}.jsonl`, "claude.jsonl");
  await look();
  for (const spoil of [
    () => rmSync(store.path("cache/tokens.json")),
    () => writeFileSync(store.path("cache/tokens.json"), '{"version":1,"agents":'),
    () => rmSync(store.path("cache/tokens/abcdef.json")),
    () => writeFileSync(store.path("cache/tokens/abcdef.json"), "null"),
    () => rmSync(store.path("cache"), { recursive: true }),
  ]) {
    spoil();
    expect(counts(await look())).toEqual(CLAUDE);
    appendFileSync(file, '{"type":"mode"}\n');
    expect(counts(await look())).toEqual(CLAUDE);
  }
});

test("sub-agents' files count; another directory's conversation of the same slug, and an earlier agent's, do not", async () => {
  const { put, look, slug, record } = place("claude");
  put(`.claude/projects/${slug}/${SESSION}.jsonl`, "claude.jsonl", (text) => text.split("\n").filter((line) => !line.includes("cost-state")).join("\n"));
  put(`.claude/projects/${slug}/${SESSION}/subagents/agent-a1.jsonl`, "claude.jsonl", (text) => `${text.split("\n").find((line) => line.includes("msg_stub000005"))!.replaceAll("msg_stub000005", "msg_side").replace('"isSidechain":false', '"isSidechain":true')}\n`);
  put(`.claude/projects/${slug}/8b9d82eb-1eb7-48c4-b0d9-2b1b93e9bee4.jsonl`, "claude-resumed.jsonl", (text) => text.replaceAll("/wt/task", "/wt-task"));
  expect(counts(await look())).toEqual([2100 + 1060, 70, 900, 120]);
  const late = { ...record, id: "later", created: "2026-11-23T00:00:00.000Z" };
  expect(counts((await loadTokens(place("claude").ports, [late], { deadlineMs: 5000 })).get("later"))).toBeUndefined();
});

test("an agent counts only from its start on, and a killed one only to its end", async () => {
  const { put, ports, slug, record, store, look } = place("claude");
  put(`.claude/projects/${slug}/8b9d82eb-1eb7-48c4-b0d9-2b1b93e9bee4.jsonl`, "claude-resumed.jsonl");
  const between = { ...record, id: "second", created: "2026-11-25T03:39:54.000Z" };
  expect((await loadTokens(ports, [between], { deadlineMs: 5000 })).get("second")!.input).toBe(1000);
  expect((await look())!.input).toBe(2000);
  await endTokens(ports, record, "tries");
  const { owner } = readLedger(store.home, record.id)!;
  expect(owner).toMatchObject({ branch: "login-form", batch: "tries", ended: expect.any(Number) });
  // It is in no state.json any more, and its sums are still told.
  const ledgers = await loadLedgers(ports, { deadlineMs: 5000 });
  expect(ledgers.find((ledger) => ledger.owner.id === record.id)!.owner.ended).not.toBeNull();
});

test("Codex: only rollouts that were begun in the worktree, found by their day", async () => {
  const { put, look } = place("codex");
  put(".codex/sessions/2026/11/25/rollout-2026-11-25T03-40-00-a.jsonl", "codex-resumed.jsonl");
  put(".codex/sessions/2026/11/22/rollout-2026-11-22T20-20-00-b.jsonl", "codex.jsonl", (text) => text.replaceAll("/wt/task", "/elsewhere"));
  const spent = await look();
  expect(counts(spent)).toEqual([3000, 60, 0, 0]);
  // gpt-5.1-codex at list price: 1.25 and 10 dollars a million.
  expect(spent!.cost).toBeCloseTo(3000 * 1.25e-6 + 60 * 10e-6, 9);
});

test("a fork repeats its parent's responses: they count once", async () => {
  const { put, look } = place("codex");
  put(".codex/sessions/2026/11/25/rollout-2026-11-25T03-40-00-a.jsonl", "codex-resumed.jsonl");
  put(".codex/sessions/2026/11/25/rollout-2026-11-25T04-40-00-c.jsonl", "codex-resumed.jsonl");
  expect(counts(await look())).toEqual([3000, 60, 0, 0]);
});

test("Gemini's, Qwen's and Copilot's are found where they lie", async () => {
  const gemini = place("gemini");
  gemini.put(".gemini/tmp/task/chats/session-2026-11-22T20-21-135aa898.jsonl", "gemini.jsonl");
  expect(await gemini.look()).toBeUndefined();
  writeFileSync(join(gemini.home, ".gemini/projects.json"), JSON.stringify({ projects: { [gemini.worktree]: "task" } }));
  expect(counts(await gemini.look())).toEqual([1460, 60, 600, 0]);
  const qwen = place("qwen");
  qwen.put(`.qwen/projects/${qwen.slug}/chats/8fff42fc.jsonl`, "qwen.jsonl");
  expect(counts(await qwen.look())).toEqual([2190, 70, 900, 0]);
  expect((await qwen.look())!.cost).toBeNull();
  const copilot = place("copilot");
  copilot.put(".copilot/session-state/c39af511/events.jsonl", "copilot.jsonl");
  expect(counts(await copilot.look())).toEqual([2190, 70, 900, 0]);
});

test("opencode's database is read while it is being written, and what changed replaces", async () => {
  const { home, worktree, look } = place("opencode");
  const { session, message } = JSON.parse(readFileSync(join(FIXTURES, "opencode.json"), "utf8")) as Record<"session" | "message", Record<string, string | number>[]>;
  const file = join(home, ".local/share/opencode/opencode.db");
  mkdirSync(dirname(file), { recursive: true });
  const database = new Database(file);
  database.run("PRAGMA journal_mode = WAL");
  database.run("CREATE TABLE session (id TEXT, directory TEXT, parent_id TEXT)");
  database.run("CREATE TABLE message (id TEXT PRIMARY KEY, session_id TEXT, time_created INTEGER, time_updated INTEGER, data TEXT)");
  const add = database.query("INSERT OR REPLACE INTO message VALUES (?, ?, ?, ?, ?)");
  database.query("INSERT INTO session VALUES (?, ?, NULL)").run(session![0]!["id"]!, worktree);
  database.query("INSERT INTO session VALUES ('other', '/elsewhere', NULL)").run();
  const put = (n: number, more: Record<string, string | number> = {}) => {
    const row = { ...message![n]!, ...more };
    add.run(row["id"]!, row["session_id"]!, row["time_created"]!, row["time_updated"]!, row["data"]!);
  };
  put(0);
  put(1);
  put(2, { session_id: "other" });
  const spent = await look();
  expect(counts(spent)).toEqual([710, 30, 300, 0]);
  expect(spent!.cost).toBeCloseTo(0.0008, 9);
  put(1, { data: String(message![1]!["data"]).replace('"output":25', '"output":125'), time_updated: 1795378930000 });
  put(2, { time_updated: 1795378930000 });
  expect(counts(await look())).toEqual([1440, 150, 600, 0]);
  database.close();
});

test("a variant of the config is read as what it is like, with its environment; a command of one's own has none", async () => {
  const config = (home: string) => `[kinds.opus]\nlike = "claude"\nenv = { CLAUDE_CONFIG_DIR = "${home}/elsewhere" }\n[kinds.mine]\ncommand = ["mine"]\n`;
  const opus = place("opus");
  writeFileSync(join(opus.home, ".ai_fleet/config.toml"), config(opus.home));
  opus.put(`elsewhere/projects/${opus.slug}/${SESSION}.jsonl`, "claude.jsonl");
  expect(counts(await opus.look())).toEqual(CLAUDE);
  const mine = place("mine");
  writeFileSync(join(mine.home, ".ai_fleet/config.toml"), config(mine.home));
  expect(await mine.look()).toBeUndefined();
});

test("what the deadline leaves is said to be missing, and is there the next time", async () => {
  const { put, ports, record, slug, look } = place("claude");
  put(`.claude/projects/${slug}/${SESSION}.jsonl`, "claude.jsonl");
  let left = 0;
  const none = (await loadTokens(ports, [record], { deadlineMs: -1, leaveBehind: () => left++ })).get(record.id);
  expect(none?.partial ?? true).toBe(true);
  expect(left).toBe(1);
  expect(counts(await look())).toEqual(CLAUDE);
  expect((await look())!.partial).toBe(false);
});

test("answers that the deadline left without a price have one the next time, although nothing grew", async () => {
  const { put, ports, record, look, store } = place("codex");
  put(".codex/sessions/2026/11/25/rollout-2026-11-25T03-40-00-a.jsonl", "codex-resumed.jsonl");
  await look();
  const file = store.path("cache/tokens/abcdef.json");
  const ledger = JSON.parse(readFileSync(file, "utf8")) as { entries: Record<string, (number | string | null)[]> };
  for (const entry of Object.values(ledger.entries)) entry[8] = -1;
  writeFileSync(file, JSON.stringify(ledger));
  rmSync(store.path("cache/tokens.json"));
  let left = 0;
  expect((await loadTokens(ports, [record], { deadlineMs: -1, leaveBehind: () => left++ })).get(record.id)?.cost ?? null).toBeNull();
  expect(left).toBe(1);
  expect((await look())!.cost).toBeGreaterThan(0.004);
});

test("a long transcript is read in pieces, whatever its lines are cut at", async () => {
  const { put, look, slug, store, record } = place("claude");
  const filler = JSON.stringify({ type: "file-history-snapshot", text: "ü".repeat(700_000) });
  put(`.claude/projects/${slug}/${SESSION}.jsonl`, "claude.jsonl", (text) => text.split("\n").flatMap((line) => [line, filler]).join("\n"));
  expect(counts(await look())).toEqual(CLAUDE);
  const days = new Set(itemsOf(readLedger(store.home, record.id)!).map(({ at }) => new Date(at).toISOString().slice(0, 10)));
  expect([...days]).toEqual(["2026-11-22"]);
});
