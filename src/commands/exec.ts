import { SELECTION_FLAGS } from "../base/batch-flags";
import { DRY_RUN_FLAG, JSON_FLAG } from "../base/command";
import { EXIT, UsageError } from "../base/errors";
import { oneLine, shellWord } from "../base/text";
import { defineCommand } from "../context";

export default defineCommand({
  name: "exec",
  group: "Work",
  summary: "run a command in the worktree of each agent",
  doc: "The command is started as it is, without a shell. Its output comes under the agent's name when it has ended.",
  args: [{ name: "glob", doc: "agents, or quoted globs", optional: true, many: true, completes: "agent" }],
  flags: {
    jobs: { type: "number", short: "j", value: "N", doc: "how many at once (default: the number of cores)" },
    timeout: { type: "number", value: "SECONDS", doc: "end a command that takes longer" },
    ...SELECTION_FLAGS,
    "dry-run": { ...DRY_RUN_FLAG, doc: "print where it would run, run nothing" },
    json: JSON_FLAG,
  },
  rest: { name: "COMMAND", doc: "the command and its arguments" },
  examples: [
    { run: "fleet exec '*' -- git status --short", does: "what is uncommitted, everywhere in this repo" },
    { run: "fleet exec 'try-*' --timeout 300 -- npm test", does: "run the tests of several attempts" },
  ],
  async run(ctx, { args, flags, rest }) {
    const [command, ...words] = rest;
    if (command === undefined) throw new UsageError("no command: give it after --");
    if (flags.jobs === 0) throw new UsageError("--jobs takes at least 1: 0");
    const [{ selectAgents }, { execInWorktrees }] = await Promise.all([import("../fleet/select"), import("../fleet/exec")]);
    const agents = await selectAgents(ctx, args.glob, flags);
    if (flags["dry-run"]) {
      const places = agents.map(({ branch, record }) => ({ id: record.id, branch: oneLine(branch), worktree: record.worktree }));
      if (flags.json) ctx.out.json(places);
      else for (const { branch, worktree } of places) ctx.out.answer(`${branch}: would run ${[command, ...words].map(shellWord).join(" ")} in ${worktree}`);
      return EXIT.done;
    }
    const results = await execInWorktrees(agents, [command, ...words], {
      env: ctx.env,
      jobs: flags.jobs ?? navigator.hardwareConcurrency,
      timeoutMs: flags.timeout === undefined ? undefined : flags.timeout * 1000,
      // One agent alone has the terminal to itself.
      onResult: (result) => {
        if (flags.json) return;
        if (agents.length > 1) ctx.out.note(`${result.branch}: ${result.ending}`);
        ctx.out.raw(result.output);
      },
    });
    if (flags.json) ctx.out.json(results);
    const failed = results.filter((result) => result.code !== 0);
    if (agents.length === 1) return results[0]?.code ?? EXIT.refused;
    if (failed.length > 0) ctx.out.error(`${failed.length} of ${results.length} failed: ${failed.map((result) => result.branch).join(", ")}`);
    return failed.length > 0 ? EXIT.refused : EXIT.done;
  },
});
