// Codex's rollout files (0.169.0): $CODEX_HOME/sessions/YYYY/MM/DD/rollout-TIME-ID.jsonl, the first line says where it was started.
import { count, daysBetween, type Fields, inner, list, parseFields, text, time, toolText } from "./json";
import type { LineTranscript, Memory, Reading, TokenCount, Turn, UsageRecord } from "./transcript";

export const codexTranscript: LineTranscript = {
  is: "lines",
  files({ env, since, now }, look) {
    const sessions = `${env["CODEX_HOME"] || `${env["HOME"] ?? ""}/.codex`}/sessions`;
    return daysBetween(since, now).flatMap((day) =>
      look.names(`${sessions}/${day}`).filter((name) => /^rollout-.*\.jsonl$/.test(name)).map((name) => `${sessions}/${day}/${name}`),
    );
  },
  read(line, memory) {
    if (!/"(session_meta|turn_context|token_usage_record|token_count|message|item_completed|user_message|function_call|local_shell_call|custom_tool_call|turn_aborted|error)"/.test(line.slice(0, 400))) return null;
    const fields = parseFields(line);
    if (!fields) return null;
    const payload = inner(fields, "payload");
    const at = time(fields["timestamp"]);
    switch (fields["type"]) {
      case "session_meta":
        // A fork repeats its parent's head after its own.
        if (memory["cwd"] === undefined) Object.assign(memory, { cwd: text(payload["cwd"]), id: text(payload["id"]), provider: text(payload["model_provider"]), side: isSide(payload) ? 1 : 0 });
        return null;
      case "turn_context":
        memory["model"] = text(payload["model"]) || (memory["model"] ?? "");
        return null;
      case "token_usage_record":
        memory["records"] = 1;
        return { usage: [record(memory, text(payload["response_id"]) || `${text(payload["thread_id"])} ${at}`, at, tokensOf(inner(payload, "usage")))] };
      case "event_msg":
        return payload["type"] === "token_count" ? runningTotal(payload, at, memory) : memory["side"] === 1 ? null : eventTurns(payload);
      case "response_item":
        return memory["side"] === 1 ? null : itemTurns(payload);
      default:
        return null;
    }
  },
};

/** A thread of a sub-agent, or one that the program began by itself. */
function isSide(meta: Fields): boolean {
  const by = text(meta["thread_source"]);
  return typeof meta["source"] === "object" || (by !== "" && by !== "user");
}

/** Its input has the cached part in it. */
function tokensOf(usage: Fields): TokenCount {
  const [cacheRead, cacheWrite] = [count(usage["cached_input_tokens"]), count(usage["cache_write_input_tokens"])];
  return { input: Math.max(0, count(usage["input_tokens"]) - cacheRead - cacheWrite), output: count(usage["output_tokens"]), cacheRead, cacheWrite };
}

function record(memory: Memory, id: string, at: number, tokens: TokenCount): UsageRecord {
  return { id, at, model: String(memory["model"] ?? ""), provider: String(memory["provider"] ?? ""), ...tokens };
}

/** Versions without a record of each answer have only a running total, told again with each limit that changes. */
function runningTotal(payload: Fields, at: number, memory: Memory): Reading | null {
  if (memory["records"] === 1) return null;
  const info = inner(payload, "info");
  const [total, last] = [tokensOf(inner(info, "total_token_usage")), tokensOf(inner(info, "last_token_usage"))];
  const before = { input: Number(memory["input"] ?? 0), output: Number(memory["output"] ?? 0), cacheRead: Number(memory["cacheRead"] ?? 0), cacheWrite: Number(memory["cacheWrite"] ?? 0) };
  const names = ["input", "output", "cacheRead", "cacheWrite"] as const;
  if (names.every((name) => total[name] === before[name])) return null;
  Object.assign(memory, total);
  const grew = names.every((name) => total[name] >= before[name]);
  const used = grew ? (Object.fromEntries(names.map((name) => [name, total[name] - before[name]])) as unknown as TokenCount) : last;
  memory["n"] = Number(memory["n"] ?? 0) + 1;
  return { usage: [record(memory, `${memory["id"] ?? ""} ${memory["n"]}`, at, used)] };
}

function eventTurns(payload: Fields): Reading | null {
  const turn = (who: Turn["who"], said: string): Reading | null => (said.trim() ? { turns: [{ who, text: said }] } : null);
  switch (payload["type"]) {
    case "item_completed": {
      const item = inner(payload, "item");
      return item["type"] === "UserMessage" ? turn("person", list(item["content"]).map((part) => text(part["text"])).join("\n")) : null;
    }
    case "user_message":
      return turn("person", text(payload["message"]));
    case "turn_aborted":
      return turn("note", text(payload["reason"]) || "interrupted");
    case "error":
      return turn("note", text(payload["message"]));
    default:
      return null;
  }
}

function itemTurns(payload: Fields): Reading | null {
  const turn = (who: Turn["who"], said: string): Reading | null => (said.trim() ? { turns: [{ who, text: said }] } : null);
  switch (payload["type"]) {
    // What it was told at the start has the roles developer and user; a person's words come as an event too.
    case "message":
      return payload["role"] === "assistant" ? turn("agent", list(payload["content"]).map((part) => text(part["text"])).join("\n")) : null;
    case "function_call":
      return turn("tool", toolText(text(payload["name"]), parseFields(text(payload["arguments"])) ?? text(payload["arguments"])));
    case "custom_tool_call":
      return turn("tool", toolText(text(payload["name"]), text(payload["input"]).split("\n").find((line) => /^\*\*\* \w+ File:/.test(line)) ?? ""));
    case "local_shell_call":
      return turn("tool", toolText("shell", inner(payload, "action")));
    default:
      return null;
  }
}
