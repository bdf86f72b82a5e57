// Several questions to `git rev-parse`, which answers a line each: one process, unless a path holds a line end.
import type { Ran } from "../spawn";
import type { Git } from "./call";

type Question = readonly [string, ...string[]];

/** Answers in the order of `questions`, paths absolute; "" where git has none. `ran` is the first, common call. */
export async function askRevParse(git: Git, cwd: string, questions: readonly Question[]): Promise<{ answers: string[]; ran: Ran }> {
  const ask = (words: readonly string[]) => git.try(cwd, ["rev-parse", "--path-format=absolute", ...words]);
  const ran = await ask(questions.flat());
  const lines = ran.stdout.replace(/\n$/, "").split("\n");
  if (lines.length <= questions.length) return { answers: questions.map((_, i) => lines[i] ?? ""), ran };
  // rev-parse has no -z.
  const each = await Promise.all(questions.map(ask));
  return { answers: each.map(({ code, stdout }) => (code === 0 ? stdout.replace(/\n$/, "") : "")), ran };
}
