import { BATCH_FLAGS } from "../base/batch-flags";
import { DRY_RUN_FLAG, JSON_FLAG } from "../base/command";
import { UsageError } from "../base/errors";
import { type Context, defineCommand } from "../context";
import type { Draft, Task } from "../fleet/batch/tasks";

interface Sources {
  words: readonly string[];
  file: string | undefined;
  foreach: string | undefined;
  prompt: string | undefined;
  issues: string | undefined;
}

export default defineCommand({
  name: "multi",
  group: "Work",
  summary: "start one agent for each task of a list",
  doc: `A task is branch:prompt, or stands in a file: [[task]] tables with branch, prompt, kind and base (.toml), one JSON object a line
(.jsonl), or the items of a Markdown list (.md). In Markdown, \`fix-login\`: in front of an item names its branch; without one it comes from the
first words. Ticked items are left out. With --issues, title and body of an issue are its prompt and name its branch, as with create. Prompts are sent as they are. The whole list is checked before the first worktree is made.`,
  args: [{ name: "task", doc: "branch:prompt", optional: true, many: true }],
  flags: {
    file: { type: "string", short: "f", value: "FILE", doc: "a list of tasks (.toml, .md, .jsonl), or stdin with -", completes: "file" },
    issues: { type: "string", value: "N,N", doc: "one task for each of these issues, through gh or glab" },
    foreach: { type: "string", value: "VARS", doc: "one task for each position: \"a=x,y;b=1,2\" (with --prompt)" },
    prompt: { type: "string", short: "p", value: "TEXT", doc: "the prompt of --foreach, with {{a}} for the values; {{n}} and {{branch}} too; with --issues, added to each" },
    agent: { type: "string", short: "a", value: "KIND", doc: "the program where a task names none", completes: "kind" },
    ...BATCH_FLAGS,
    "dry-run": DRY_RUN_FLAG,
    json: JSON_FLAG,
  },
  rest: { name: "ARGS", doc: "arguments for the programs" },
  examples: [
    { run: "fleet multi fix-login:'The form loses its text' docs:'Explain the cache'", does: "two agents, two tasks" },
    { run: "fleet multi -f backlog.md -a codex", does: "a whole list" },
    { run: "fleet multi --issues 12,15,20 -p 'Begin with a test'", does: "an agent for each issue" },
    { run: `fleet multi --foreach "lang=go,rust" -p 'Port the parser to {{lang}}'`, does: "one prompt, filled in for each value" },
  ],
  async run(ctx, { args, flags, rest }) {
    const drafts = await draftsOf(ctx, { ...flags, words: args.task });
    const [{ startBatch }, { checkTasks }, { slugOf }] = await Promise.all([import("../fleet/batch/command"), import("../fleet/batch/tasks"), import("../fleet/batch/names")]);
    const tasks: Task[] = checkTasks(drafts).map((task) => ({ ...task, kind: task.kind ?? flags.agent ?? null, base: task.base ?? flags.base ?? null }));
    const wanted = flags.issues !== undefined ? "issues" : flags.file && flags.file !== "-" ? slugOf(flags.file.replace(/^.*\//, "").replace(/\.[^.]*$/, "")) : "";
    return startBatch(ctx, { ...flags, args: rest }, async (ground) => ({ label: ground.label(wanted || tasks[0]!.branch), tasks }));
  },
});

async function draftsOf(ctx: Context, { words, file, foreach, prompt, issues }: Sources): Promise<Draft[]> {
  const given = [words.length > 0, file !== undefined, foreach !== undefined, issues !== undefined].filter(Boolean).length;
  if (given !== 1) throw new UsageError(given === 0 ? "no tasks: give branch:prompt, --file, --foreach or --issues" : "give tasks in one way: words, --file, --foreach or --issues");
  if (foreach === undefined && issues === undefined && prompt !== undefined) throw new UsageError("--prompt goes with --foreach or --issues; a task has its own");
  if (issues !== undefined) return (await import("../fleet/forge/issue-tasks")).issueTasks(ctx, await ctx.repo(), issues, prompt);
  if (file !== undefined) {
    const [{ readTasks }, { readSource }] = await Promise.all([import("../fleet/batch/task-files"), import("../fleet/prompt-text")]);
    return readTasks(await readSource(ctx.cwd, file, "the task list"), file);
  }
  if (foreach === undefined) return words.map((await import("../fleet/batch/tasks")).draftOfWord);
  if (!prompt) throw new UsageError("--foreach needs --prompt");
  const [{ fillTemplate, parseForeach }, { slugOf }, { firstFree }] = await Promise.all([import("../fleet/batch/template"), import("../fleet/batch/names"), import("../fleet/naming")]);
  const names = new Set<string>();
  return parseForeach(foreach).map((values, i) => {
    const branch = firstFree(slugOf(Object.values(values).join(" ")) || `task-${i + 1}`, (name) => names.has(name));
    names.add(branch);
    return { branch, prompt: fillTemplate(prompt, { n: String(i + 1), branch, ...values }), where: `position ${i + 1}` };
  });
}
