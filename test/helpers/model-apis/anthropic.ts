// Anthropic's Messages: Claude Code.
import { hasShell, LIMIT_SECONDS, type ModelApi, nextId, type Part, serverSentEvents, words } from "./turn";

const event = (type: string, data: object) => `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;

/** A subscription's five hours are used up. */
const LIMITED = {
  "anthropic-ratelimit-unified-status": "rejected",
  "anthropic-ratelimit-unified-reset": String(Math.floor(Date.now() / 1000) + LIMIT_SECONDS),
  "anthropic-ratelimit-unified-representative-claim": "five_hour",
  "anthropic-ratelimit-unified-overage-status": "rejected",
  "anthropic-ratelimit-unified-overage-disabled-reason": "org_level_disabled",
};

export const anthropic: ModelApi = {
  turn(body) {
    const messages = (body["messages"] ?? []) as { role: string; content: unknown }[];
    const tools = ((body["tools"] ?? []) as { name?: string }[]).map((tool) => tool.name ?? "");
    const turn = { said: "", results: 0, result: "", tools, main: hasShell(tools), stream: true };
    for (const { role, content } of messages.toReversed()) {
      if (role !== "user") continue;
      const tool = Array.isArray(content) && content.some((part: Part) => part.type === "tool_result");
      // After a denial the next words come with the denied tool's result.
      turn.said = words(content);
      if (turn.said) break;
      if (!tool) continue;
      turn.results++;
      turn.result ||= JSON.stringify(content);
    }
    return turn;
  },
  reply(item, _, used) {
    const id = nextId();
    const usage = { input_tokens: used.input, output_tokens: used.output, cache_read_input_tokens: used.cacheRead, cache_creation_input_tokens: used.cacheWrite };
    const isText = "text" in item;
    const block = isText ? { type: "text", text: "" } : { type: "tool_use", id: `toolu_stub${id}`, name: item.tool, input: {} };
    const delta = isText ? { type: "text_delta", text: item.text } : { type: "input_json_delta", partial_json: JSON.stringify(item.input) };
    return serverSentEvents([
      event("message_start", { message: { id: `msg_stub${id}`, type: "message", role: "assistant", model: "claude-opus-5-5", content: [], stop_reason: null, stop_sequence: null, usage } }),
      event("content_block_start", { index: 0, content_block: block }),
      event("content_block_delta", { index: 0, delta }),
      event("content_block_stop", { index: 0 }),
      event("message_delta", { delta: { stop_reason: isText ? "end_turn" : "tool_use", stop_sequence: null }, usage }),
      event("message_stop", {}),
    ].join(""));
  },
  fail: (status, message, limit) => Response.json({ type: "error", error: { type: status === 429 ? "rate_limit_error" : "api_error", message } }, { status, headers: limit ? LIMITED : {} }),
};
