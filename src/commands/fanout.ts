import { DRY_RUN_FLAG, JSON_FLAG } from "../base/command";
import { UsageError } from "../base/errors";
import { defineCommand } from "../context";
import type { Ground } from "../fleet/batch/reserve";
import type { Task } from "../fleet/batch/tasks";
import { BATCH_FLAGS } from "../base/batch-flags";

export default defineCommand({
  name: "fanout",
  group: "Work",
  summary: "start N agents with the same prompt, to keep the best",
  doc: `Branches are PREFIX-1 to PREFIX-N; the same call again is a new batch with the next numbers. {{n}}, {{branch}}, {{kind}} and
{{batch}} in the prompt are filled in. When some fail, they are undone and named, and the others stay.`,
  args: [
    { name: "count", doc: "how many agents", optional: true },
    { name: "prefix", doc: "the branches' common beginning; without it, from the prompt's first words", optional: true },
  ],
  flags: {
    prompt: { type: "string", short: "p", value: "TEXT", doc: "the prompt" },
    file: { type: "string", short: "f", value: "FILE", doc: "read the prompt from FILE, or from stdin with -", completes: "file" },
    edit: { type: "boolean", short: "e", doc: "write the prompt in $EDITOR" },
    agent: { type: "string", short: "a", value: "KIND", doc: "the program of all of them", completes: "kind" },
    agents: { type: "string", value: "KIND:N,…", doc: "several programs: claude:3,codex:2", completes: "kind" },
    raw: { type: "boolean", doc: "send the prompt as it is, with its {{…}}" },
    resume: { type: "string", value: "BATCH", doc: "make what is missing of a batch", completes: "batch" },
    ...BATCH_FLAGS,
    "dry-run": DRY_RUN_FLAG,
    json: JSON_FLAG,
  },
  rest: { name: "ARGS", doc: "arguments for the programs" },
  examples: [
    { run: "fleet fanout 3 cache -p 'Make the cache faster'", does: "three attempts at one task: cache-1, cache-2, cache-3" },
    { run: "fleet fanout 5 parser --agents claude:3,codex:2 -f task.md", does: "two programs, one prompt" },
    { run: "fleet fanout --resume cache", does: "make those that are missing of a batch" },
  ],
  async run(ctx, { args, flags, rest }) {
    const { startBatch, resumeBatch } = await import("../fleet/batch/command");
    if (flags.resume !== undefined) return resumeBatch(ctx, flags.resume, flags);
    const count = countOf(args.count);
    const { readPrompt } = await import("../fleet/prompt-text");
    const prompt = await readPrompt(ctx, flags, "fleet fanout 3 PREFIX -p TEXT");
    if (prompt === null) throw new UsageError("no prompt: give it with --prompt, --file or --edit");
    const { kindsInOrder } = await import("../fleet/batch/kinds");
    const kinds = kindsInOrder(count, flags.agent, flags.agents);
    return startBatch(ctx, { ...flags, args: rest }, (ground) => fanoutTasks(ground, { prefix: args.prefix, prompt, raw: flags.raw, kinds, base: flags.base ?? null }));
  },
});

function countOf(word: string | undefined): number {
  if (word === undefined) throw new UsageError("how many? give a number of agents");
  if (!/^-?\d+$/.test(word)) throw new UsageError(`not a number of agents: ${word}`, { hint: "fleet fanout 3 PREFIX -p TEXT" });
  const count = Number(word);
  if (count < 1 || count > 1000) throw new UsageError(`a fanout is of 1 to 1000 agents: ${word}`);
  return count;
}

interface FanoutWish {
  prefix: string | undefined;
  prompt: string;
  raw: boolean;
  kinds: (string | null)[];
  base: string | null;
}

/** The numbers go on after the highest that this repo has, or is about to have. */
async function fanoutTasks(ground: Ground, wish: FanoutWish): Promise<{ label: string; tasks: Task[] }> {
  const [{ nextNumbers, slugOf }, { fillTemplate }] = await Promise.all([import("../fleet/batch/names"), import("../fleet/batch/template")]);
  const prefix = wish.prefix ?? (slugOf(wish.prompt) || ground.id);
  const label = ground.label(prefix);
  const tasks = nextNumbers(prefix, wish.kinds.length, await ground.branches(`${prefix}-`)).map((n, i): Task => {
    const branch = `${prefix}-${n}`;
    const kind = wish.kinds[i] ?? null;
    const values = { n: String(n), branch, kind: kind ?? ground.defaultKind, batch: label };
    return { branch, kind, base: wish.base, prompt: wish.raw ? wish.prompt : fillTemplate(wish.prompt, values, { raw: true }) };
  });
  return { label, tasks };
}
