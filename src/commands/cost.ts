import { JSON_FLAG } from "../base/command";
import { JSON_VERSION } from "../base/version";
import { defineCommand } from "../context";

export default defineCommand({
  name: "cost",
  group: "Look",
  summary: "show what agents have used of their models: tokens, and dollars",
  doc: `From each program's own transcripts: Claude Code, Codex, Gemini CLI, opencode, Qwen Code and Copilot CLI. An agent's work is every
conversation that was begun in its worktree, sub-agents' too. A cost is the program's own figure where it has one, else at list price; + marks
a sum of which a part has no known price. A subscription may ask another price. Killed agents stay in the sums for 90 days.`,
  args: [],
  flags: {
    by: { type: "string", value: "WHAT", doc: "a row for each agent (default), kind, batch, repo or day", choices: ["agent", "kind", "batch", "repo", "day"] },
    days: { type: "number", value: "N", doc: "only the last N days, today included" },
    repo: { type: "boolean", doc: "only agents of this repo" },
    batch: { type: "string", value: "BATCH", doc: "only agents of this batch", completes: "batch" },
    json: JSON_FLAG,
  },
  examples: [
    { run: "fleet cost", does: "a row for each agent, the dearest first" },
    { run: "fleet cost --by day --days 7", does: "what each day of the last week cost" },
    { run: "fleet cost --by batch --json", does: "the sums of batches, for a script" },
  ],
  async run(ctx, { flags }) {
    const [{ loadLedgers }, { costRows, costTotal }, { chosenLedgers, sinceDays }] = await Promise.all([
      import("../fleet/tokens/read"),
      import("../fleet/tokens/cost"),
      import("../fleet/tokens/choose"),
    ]);
    const ledgers = await chosenLedgers(ctx, await loadLedgers(ctx, { deadlineMs: 30_000 }), flags);
    const since = sinceDays(flags.days, ctx.now());
    const by = (flags.by ?? "agent") as Parameters<typeof costRows>[1];
    const [rows, total] = [costRows(ledgers, by, since), costTotal(ledgers, since)];
    if (flags.json) return ctx.out.json({ version: JSON_VERSION, by, rows, total });
    if (rows.length === 0) return ctx.out.note("no tokens are known: no agent's program has written a transcript yet");
    const { costLines } = await import("../ui/cost");
    const width = ctx.terminal.stdoutIsTerminal ? (ctx.terminal.size()?.columns ?? 80) : null;
    for (const line of costLines(rows, total, by, width, ctx.out.style)) ctx.out.answer(line);
  },
});
