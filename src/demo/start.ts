// From the words of `fleet demo-agent` to its end, with the terminal as it was before.
import { UsageError, UserError } from "../base/errors";
import { shellWord } from "../base/text";
import { runDemoAgent } from "./agent";
import { openConversation } from "./conversation";
import { openReports } from "./reports";
import { openRawTerminal } from "./terminal";

export interface DemoWords {
  prompt: string | undefined;
  conversation: string | undefined;
  resume: string | undefined;
  from: string | undefined;
}

/** Returns the exit code. Throws UserError before the terminal is touched. */
export async function startDemoAgent(words: DemoWords, cwd: string, env: Record<string, string | undefined>): Promise<number> {
  if (words.resume !== undefined && words.conversation !== undefined) throw new UsageError("--resume and --conversation exclude each other");
  const conversation = openConversation(env, words.resume ?? words.conversation ?? null, words.resume !== undefined, words.from);
  const terminal = openRawTerminal();
  if (!terminal) throw new UserError("the demo agent needs a terminal", { hint: "fleet create my-branch -a demo" });
  let code: number;
  try {
    code = await runDemoAgent({ prompt: words.prompt ?? null, cwd, env, conversation, terminal, reports: openReports(env) });
  } finally {
    terminal.restore();
  }
  if (conversation.id) terminal.write(`To continue: fleet demo-agent --resume ${shellWord(conversation.id)}\n`);
  return code;
}
