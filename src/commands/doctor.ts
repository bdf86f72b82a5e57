import { DRY_RUN_FLAG, JSON_FLAG } from "../base/command";
import { EXIT, UserError } from "../base/errors";
import { stripControl } from "../base/text";
import { type Context, defineCommand } from "../context";
import type { Row } from "../fleet/doctor/doctor";

export default defineCommand({
  name: "doctor",
  group: "Set up",
  summary: "look for what is missing, wrong or left half done",
  doc: `One row a check: tmux, git, fzf, the terminal, PATH, the configuration, each kind's program, and what commands that were
killed have left. --fix completes or undoes those, brings back agents that state.json has lost, and removes locks and
half-written files of dead commands. It touches nothing but what fleet made, and keeps what holds work.

--reports proves that statuses arrive: each installed program is started once, in a home and on a tmux server that are thrown away
after, with a prompt for a model that nobody serves, and must be seen to begin its turn. It takes some seconds each, costs no tokens,
and touches neither your login and settings nor your sessions; what those settings add is not tried. Ends with 1 when a check fails.`,
  args: [],
  flags: {
    fix: { type: "boolean", doc: "put right what can be" },
    "dry-run": { ...DRY_RUN_FLAG, doc: "with --fix: only name what it would put right" },
    reports: { type: "string", value: "KIND", optionalValue: true, doc: "also start each installed program, or that of KIND, and see that its reports arrive", completes: "kind" },
    json: JSON_FLAG,
  },
  examples: [
    { run: "fleet doctor", does: "look at everything" },
    { run: "fleet doctor --fix", does: "clean up after a crash" },
    { run: "fleet doctor --reports", does: "see that the status of every installed program arrives" },
    { run: "fleet doctor --json", does: "every row, with the files, refs and sessions it is about" },
  ],
  changes: ({ flags }) => flags.fix,
  async run(ctx, { flags }) {
    const { examine } = await import("../fleet/doctor/doctor");
    const repo = await ctx.findRepo().catch((error: unknown) => {
      // A repo that can't be used is no reason not to look at the rest.
      if (error instanceof UserError) return null;
      throw error;
    });
    const more = flags.reports === undefined ? [] : [(await import("../fleet/doctor/reports")).reportsCheck(flags.reports, (text) => ctx.out.progress(`◎ ${text}\n`))];
    const rows = await examine({ git: ctx.git, tmux: ctx.tmux, store: ctx.store, env: ctx.env, repo, userHome: ctx.env["HOME"] ?? "" }, flags.fix && !flags["dry-run"], more);
    if (flags.json) ctx.out.json(rows);
    else print(ctx, rows);
    return rows.some((row) => row.status === "fail") ? EXIT.refused : EXIT.done;
  },
});

const MARKS = { ok: ["green", "✓"], info: ["blue", "○"], warn: ["yellow", "▲"], fail: ["red", "✗"] } as const;

function print(ctx: Context, rows: readonly Row[]): void {
  const { style } = ctx.out;
  const width = Math.max(...rows.map((row) => row.check.length));
  const indent = " ".repeat(width + 4);
  for (const row of rows) {
    const [colour, mark] = MARKS[row.status];
    const text = row.fixed === null ? row.what : `${row.what}\n${row.fixed}`;
    ctx.out.answer(`${style(colour, mark)} ${row.check.padEnd(width)}  ${stripControl(text).replaceAll("\n", `\n${indent}`)}`);
    if (row.hint !== null) ctx.out.answer(`${indent}${style("dim", `↳ ${stripControl(row.hint)}`)}`);
  }
  const count = (test: (row: Row) => boolean) => rows.filter(test).length;
  const [failed, warned, fixed] = [count((row) => row.status === "fail"), count((row) => row.status === "warn"), count((row) => row.fixed !== null)];
  if (fixed > 0) ctx.out.done(`${fixed} put right`);
  const fixable = count((row) => row.fixable && row.fixed === null);
  if (failed + warned === 0) ctx.out.done("nothing is wrong");
  else ctx.out.note(`${failed} failed, ${warned} to look at${fixable > 0 ? `, ${fixable} of them for: fleet doctor --fix` : ""}`);
}
