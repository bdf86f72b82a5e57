// The demo agent's memory of a conversation, as other agents keep it: a file a conversation, outside of the repository.
import { appendFileSync, mkdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { UserError } from "../base/errors";

export interface Conversation {
  readonly id: string | null;
  /** The lines of its transcript so far. */
  readonly lines: string[];
  /** Remember further lines. */
  add(lines: readonly string[]): void;
}

/** A new conversation, which may begin with what was said in the file `from`, or with `resume` one that was. Throws UserError for an id that nobody knows. */
export function openConversation(env: Record<string, string | undefined>, id: string | null, resume: boolean, from?: string): Conversation {
  if (id === null) return { id, lines: [], add: () => {} };
  if (!/^[A-Za-z0-9-]{1,64}$/.test(id)) throw new UserError(`not a conversation id: ${id}`, { hint: "fleet demo-agent" });
  const file = join(conversationFolder(env), `demo-${id}.jsonl`);
  const conversation: Conversation = {
    id,
    lines: resume ? read(file, id) : from === undefined ? [] : read(from, from),
    add(lines) {
      try {
        mkdirSync(dirname(file), { recursive: true });
        appendFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(""), { mode: 0o600 });
      } catch {
        // A full disk ends no turn; the conversation can't be resumed.
      }
    },
  };
  // Even one in which nothing was said can be resumed.
  conversation.add(from === undefined ? [] : conversation.lines);
  return conversation;
}

/** With the agent's own files, so that it goes where they go; elsewhere when nobody's. */
function conversationFolder(env: Record<string, string | undefined>): string {
  const home = env["FLEET_HOME"] || join(env["HOME"] || homedir(), ".ai_fleet");
  const agent = env["FLEET_ID"] ?? "";
  return /^[a-z0-9]+$/.test(agent) ? join(home, "agents", agent) : join(home, "demo");
}

function read(file: string, id: string): string[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    throw new UserError(`no such conversation: ${id}`, { hint: "fleet demo-agent" });
  }
  return text.split("\n").flatMap((line) => {
    try {
      return [String(JSON.parse(line))];
    } catch {
      // A line cut off by a crash.
      return [];
    }
  });
}
