// Claude Code's transcripts (2.1.330): $CLAUDE_CONFIG_DIR/projects/DIRECTORY/SESSION.jsonl; sub-agents have files of their own below SESSION.
// One message is several lines with the same usage. `cost-state`, at an end or /clear, sums the session up, over resumes too.
import { count, directorySlug, type Fields, fieldsOf, inner, list, parseFields, text, time, toolText } from "./json";
import type { LineTranscript, Memory, OwnTotal, TokenCount, Turn, UsageRecord } from "./transcript";

export const claudeTranscript: LineTranscript = {
  is: "lines",
  files({ env, worktree }, look) {
    const project = `${env["CLAUDE_CONFIG_DIR"] || `${env["HOME"] ?? ""}/.claude`}/projects/${directorySlug(worktree)}`;
    return look.names(project).flatMap((name) => {
      if (name.endsWith(".jsonl")) return [`${project}/${name}`];
      if (!/^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(name)) return [];
      const below = `${project}/${name}/subagents`;
      return look.names(below).filter((file) => file.endsWith(".jsonl")).map((file) => `${below}/${file}`);
    });
  },
  read(line, memory) {
    // What it keeps besides the conversation (snapshots, whole requests) is most of the file.
    if (!/"type":"(user|assistant|cost-state|system)"/.test(line)) return null;
    const fields = parseFields(line);
    if (!fields) return null;
    const at = time(fields["timestamp"]);
    if (at > 0) memory["at"] = at;
    if (memory["cwd"] === undefined && text(fields["cwd"])) memory["cwd"] = text(fields["cwd"]);
    memory["key"] ??= text(fields["sessionId"]);
    switch (fields["type"]) {
      case "cost-state":
        return { total: totalOf(fields, memory) };
      case "assistant":
        return { usage: usageOf(inner(fields, "message"), at), turns: fields["isSidechain"] === true ? [] : answerTurns(inner(fields, "message")) };
      case "user":
        return fields["isSidechain"] === true || fields["isMeta"] === true || fields["isCompactSummary"] === true ? null : { turns: personTurns(inner(fields, "message")["content"]) };
      default:
        return null;
    }
  },
};

function usageOf(message: Fields, at: number): UsageRecord[] {
  const usage = fieldsOf(message["usage"]);
  const [id, model] = [text(message["id"]), text(message["model"])];
  // An error that it words itself is of the model <synthetic>.
  return usage && id && model !== "<synthetic>" ? [{ id, at, model, provider: "anthropic", ...tokensOf(usage, "input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens") }] : [];
}

function tokensOf(usage: Fields, input: string, output: string, cacheRead: string, cacheWrite: string): TokenCount {
  return { input: count(usage[input]), output: count(usage[output]), cacheRead: count(usage[cacheRead]), cacheWrite: count(usage[cacheWrite]) };
}

function totalOf(fields: Fields, memory: Memory): OwnTotal | undefined {
  const key = text(fields["sessionId"]);
  // With a model whose price it does not know, its sum is not the whole.
  if (!key || fields["hasUnknownModelCost"] === true) return undefined;
  const models = Object.entries(inner(fields, "modelUsage")).flatMap(([model, value]) => {
    const usage = fieldsOf(value);
    return usage ? [[model, { ...tokensOf(usage, "inputTokens", "outputTokens", "cacheReadInputTokens", "cacheCreationInputTokens"), cost: count(usage["costUSD"]) }] as const] : [];
  });
  return { key, at: Math.max(Number(memory["at"] ?? 0), count(fields["startTime"]) + count(fields["totalDuration"])), models: Object.fromEntries(models) };
}

function answerTurns(message: Fields): Turn[] {
  return list(message["content"]).flatMap((part): Turn[] => {
    if (part["type"] === "text" && text(part["text"]).trim()) return [{ who: "agent", text: text(part["text"]) }];
    return part["type"] === "tool_use" ? [{ who: "tool", text: toolText(text(part["name"]), part["input"]) }] : [];
  });
}

function personTurns(content: unknown): Turn[] {
  const parts = typeof content === "string" ? [content] : list(content).flatMap((part) => (part["type"] === "text" ? [text(part["text"])] : []));
  return parts.flatMap((said): Turn[] => {
    if (said.startsWith("[Request interrupted")) return [{ who: "note", text: "interrupted" }];
    const command = /^<command-name>([^<]*)<\/command-name>(?:[\s\S]*<command-args>([^<]*)<\/command-args>)?/.exec(said);
    if (command) return [{ who: "person", text: `${command[1]} ${command[2] ?? ""}`.trim() }];
    // What a command printed, and reminders, are not a person's words.
    return said.trim() && !/^<(local-command|system-reminder|bash-std|task-notification)/.test(said) ? [{ who: "person", text: said }] : [];
  });
}
