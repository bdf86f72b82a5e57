// Gemini CLI's chats (0.61.0): ~/.gemini/tmp/SLUG/chats, the slug of a directory from ~/.gemini/projects.json. A record is written
// again, under its id, when its tool has ended.
import { count, type Fields, fieldsOf, inner, list, parseFields, text, time, toolText } from "./json";
import type { LineTranscript, Look, Turn, UsageRecord } from "./transcript";

export const geminiTranscript: LineTranscript = {
  is: "lines",
  callsLate: true,
  own: true,
  files({ env, worktree }, look) {
    const home = `${env["GEMINI_CLI_HOME"] || (env["HOME"] ?? "")}/.gemini`;
    const slug = slugOf(worktree, look, `${home}/projects.json`);
    if (slug === null) return [];
    const chats = `${home}/tmp/${slug}/chats`;
    return look.names(chats).flatMap((name) => {
      if (name.endsWith(".jsonl")) return [`${chats}/${name}`];
      // Sub-agents have a directory of their parent's id.
      return /^[0-9a-f-]{8,}$/.test(name) ? look.names(`${chats}/${name}`).filter((file) => file.endsWith(".jsonl")).map((file) => `${chats}/${name}/${file}`) : [];
    });
  },
  read(line, memory) {
    const fields = parseFields(line);
    if (!fields) return null;
    if (fields["kind"] !== undefined && fields["sessionId"] !== undefined) {
      memory["side"] = fields["kind"] === "main" ? 0 : 1;
      return null;
    }
    const messages = fields["$set"] === undefined ? [fields] : list(inner(fields, "$set")["messages"]);
    return { usage: messages.flatMap(usageOf), turns: memory["side"] === 1 ? [] : messages.flatMap(turnsOf) };
  },
};

function slugOf(worktree: string, look: Look, projects: string): string | null {
  const stored = parseFields(look.text(projects) ?? "");
  const found = stored && (inner(stored, "projects")[worktree] ?? stored[worktree]);
  return typeof found === "string" && /^[\w.-]+$/.test(found) ? found : null;
}

/** Its input has the cached part in it, its output not the thoughts. */
function usageOf(message: Fields): UsageRecord[] {
  const tokens = fieldsOf(message["tokens"]);
  if (message["type"] !== "gemini" || !tokens || !text(message["id"])) return [];
  const cacheRead = count(tokens["cached"]);
  return [{
    id: text(message["id"]), at: time(message["timestamp"]), model: text(message["model"]), provider: "google",
    input: Math.max(0, count(tokens["input"]) - cacheRead) + count(tokens["tool"]), output: count(tokens["output"]) + count(tokens["thoughts"]), cacheRead, cacheWrite: 0,
  }];
}

function turnsOf(message: Fields): Turn[] {
  const [id, content] = [text(message["id"]), message["content"]];
  const said = typeof content === "string" ? content : list(content).map((part) => text(part["text"])).filter(Boolean).join("\n");
  switch (message["type"]) {
    case "user":
      return said.trim() && !said.startsWith("<session_context>") ? [{ who: "person", text: said, id }] : [];
    case "gemini": {
      const tools = list(message["toolCalls"]).map((call): Turn => ({ who: "tool", text: toolText(text(call["name"]), call["args"]), id: `${id} ${text(call["id"])}` }));
      return [...(said.trim() ? [{ who: "agent", text: said, id } as const] : []), ...tools];
    }
    case "error":
    case "info":
    case "warning":
      return said.trim() ? [{ who: "note", text: said, id }] : [];
    default:
      return [];
  }
}
