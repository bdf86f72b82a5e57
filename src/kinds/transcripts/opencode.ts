// opencode's database (1.18.33): $XDG_DATA_HOME/opencode/opencode.db. Each message of the table has its tokens and cost; sub-agents' sessions
// have the directory of their parent.
import { count, type Fields, inner, parseFields, text, toolText } from "./json";
import type { DatabaseTranscript } from "./transcript";

export const opencodeTranscript: DatabaseTranscript = {
  is: "database",
  file: (env) => (env["OPENCODE_DB"]?.startsWith("/") ? env["OPENCODE_DB"] : `${env["XDG_DATA_HOME"] || `${env["HOME"] ?? ""}/.local/share`}/opencode/opencode.db`),
  usageQuery: `SELECT message.id AS id, message.data AS data, message.time_created AS created, message.time_updated AS changed
    FROM message JOIN session ON session.id = message.session_id
    WHERE session.directory = $worktree AND message.time_updated >= $since ORDER BY message.time_created, message.id`,
  turnsQuery: `SELECT part.id AS id, part.data AS part, message.data AS data, part.time_updated AS changed
    FROM part JOIN message ON message.id = part.message_id JOIN session ON session.id = message.session_id
    WHERE session.directory = $worktree AND session.parent_id IS NULL AND part.time_updated >= $since ORDER BY message.time_created, message.id, part.id`,
  read(row) {
    const message = parseFields(text(row["data"]));
    if (!message) return null;
    return row["part"] === undefined ? usageOf(row, message) : turnOf(row, message);
  },
};

/** Its input is without the cached part, its output without the thoughts. */
function usageOf(row: Fields, message: Fields) {
  const tokens = inner(message, "tokens");
  const cache = inner(tokens, "cache");
  if (message["role"] !== "assistant" || !text(row["id"])) return null;
  const used = { input: count(tokens["input"]), output: count(tokens["output"]) + count(tokens["reasoning"]), cacheRead: count(cache["read"]), cacheWrite: count(cache["write"]) };
  // A message that is still being written has none yet.
  if (Object.values(used).every((n) => n === 0)) return null;
  // 0 is also what a model costs whose price it does not know.
  const cost = count(message["cost"]);
  return { usage: [{ id: text(row["id"]), at: count(row["created"]), model: text(message["modelID"]), provider: text(message["providerID"]), ...used, ...(cost > 0 ? { cost } : {}) }] };
}

function turnOf(row: Fields, message: Fields) {
  const part = parseFields(text(row["part"]));
  if (!part) return null;
  const id = text(row["id"]);
  const byAgent = message["role"] === "assistant";
  // What is still being written comes when it is whole.
  if (byAgent && part["type"] === "text" && inner(part, "time")["start"] !== undefined && inner(part, "time")["end"] === undefined) return null;
  if (part["type"] === "text" && part["synthetic"] !== true && text(part["text"]).trim()) {
    return { turns: [{ who: byAgent ? "agent" : "person", text: text(part["text"]), id } as const] };
  }
  return part["type"] === "tool" ? { turns: [{ who: "tool", text: toolText(text(part["tool"]), inner(part, "state")["input"]), id } as const] } : null;
}
