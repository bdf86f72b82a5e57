// Copilot CLI's events (1.0.102): ~/.copilot/session-state/ID/events.jsonl. Its own `cost` counts premium requests, no money.
import { count, inner, parseFields, text, time, toolText } from "./json";
import type { LineTranscript, Reading, Turn } from "./transcript";

export const copilotTranscript: LineTranscript = {
  is: "lines",
  files({ env }, look) {
    const sessions = `${env["COPILOT_HOME"] || `${env["HOME"] ?? ""}/.copilot`}/session-state`;
    return look.names(sessions).filter((name) => /^[\w-]+$/.test(name)).map((name) => `${sessions}/${name}/events.jsonl`);
  },
  read(line, memory) {
    if (!/"type":"(session\.|user\.message|assistant\.message|tool\.execution_start|abort)/.test(line.slice(0, 60))) return null;
    const fields = parseFields(line);
    if (!fields) return null;
    const data = inner(fields, "data");
    const turn = (who: Turn["who"], said: string): Reading | null => (said.trim() ? { turns: [{ who, text: said }] } : null);
    switch (fields["type"]) {
      case "session.start":
        memory["cwd"] ??= text(inner(data, "context")["cwd"]);
        return null;
      case "session.usage_record": {
        // Its input has the cached part in it, its output the thoughts.
        const usage = inner(data, "usage");
        const [cacheRead, cacheWrite] = [count(usage["cacheReadTokens"]), count(usage["cacheWriteTokens"])];
        return {
          usage: [{
            id: text(fields["id"]), at: time(fields["timestamp"]), model: text(usage["model"]),
            input: Math.max(0, count(usage["inputTokens"]) - cacheRead - cacheWrite), output: count(usage["outputTokens"]), cacheRead, cacheWrite,
          }],
        };
      }
      case "user.message":
        return turn("person", text(data["content"]));
      case "assistant.message":
        return turn("agent", text(data["content"]));
      case "tool.execution_start":
        return turn("tool", toolText(text(data["toolName"]), data["arguments"]));
      case "abort":
        return turn("note", "interrupted");
      default:
        return null;
    }
  },
};
