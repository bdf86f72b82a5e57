// Qwen Code's chats (0.24.4): ~/.qwen/projects/DIRECTORY/chats/ID.jsonl.
import { count, directorySlug, type Fields, fieldsOf, inner, list, parseFields, text, time, toolText } from "./json";
import type { LineTranscript, Turn, UsageRecord } from "./transcript";

export const qwenTranscript: LineTranscript = {
  is: "lines",
  files({ env, worktree }, look) {
    const home = env["QWEN_RUNTIME_DIR"] || env["QWEN_HOME"] || `${env["HOME"] ?? ""}/.qwen`;
    const chats = `${home}/projects/${directorySlug(worktree)}/chats`;
    return look.names(chats).filter((name) => name.endsWith(".jsonl")).map((name) => `${chats}/${name}`);
  },
  read(line, memory) {
    const fields = parseFields(line);
    if (!fields) return null;
    if (memory["cwd"] === undefined && text(fields["cwd"])) memory["cwd"] = text(fields["cwd"]);
    const parts = list(inner(fields, "message")["parts"]);
    const said = parts.filter((part) => part["thought"] !== true).map((part) => text(part["text"])).filter(Boolean).join("\n");
    if (fields["type"] === "user") return said.trim() ? { turns: [{ who: "person", text: said }] } : null;
    if (fields["type"] !== "assistant") return null;
    const tools = parts.flatMap((part): Turn[] => {
      const call = fieldsOf(part["functionCall"]);
      return call ? [{ who: "tool", text: toolText(text(call["name"]), call["args"]) }] : [];
    });
    return { usage: usageOf(fields), turns: [...(said.trim() ? [{ who: "agent", text: said } as const] : []), ...tools] };
  },
};

/** Its input has the cached part in it. The whole is prompt and answer; whether the thoughts are in the answer depends on the server. */
function usageOf(fields: Fields): UsageRecord[] {
  const usage = fieldsOf(fields["usageMetadata"]);
  if (!usage) return [];
  const [prompt, answer, thoughts, total] = ["promptTokenCount", "candidatesTokenCount", "thoughtsTokenCount", "totalTokenCount"].map((name) => count(usage[name])) as [number, number, number, number];
  const cacheRead = count(usage["cachedContentTokenCount"]);
  const output = total === prompt + answer + thoughts ? answer + thoughts : answer;
  return [{ id: text(fields["uuid"]), at: time(fields["timestamp"]), model: text(fields["model"]), input: Math.max(0, prompt - cacheRead), output, cacheRead, cacheWrite: 0 }];
}
