// OpenAI's chat completions: opencode and Qwen Code.
import { hasShell, type Item, LIMIT_SECONDS, type ModelApi, nextId, serverSentEvents, words } from "./turn";

export const chat: ModelApi = {
  turn(body) {
    const messages = (body["messages"] ?? []) as { role: string; content: unknown }[];
    const tools = ((body["tools"] ?? []) as { function?: { name?: string } }[]).map((tool) => tool.function?.name ?? "");
    const turn = { said: "", results: 0, result: "", tools, main: hasShell(tools), stream: body["stream"] === true, json: "response_format" in body };
    for (const { role, content } of messages.toReversed()) {
      if (role === "tool") {
        turn.results++;
        turn.result ||= JSON.stringify(content);
      }
      turn.said = role === "user" ? words(content) : "";
      if (turn.said) break;
    }
    return turn;
  },
  reply(item, { stream }, used) {
    const prompt_tokens = used.input + used.cacheRead;
    const usage = {
      prompt_tokens, completion_tokens: used.output, total_tokens: prompt_tokens + used.output,
      prompt_tokens_details: { cached_tokens: used.cacheRead }, completion_tokens_details: { reasoning_tokens: used.thoughts },
    };
    const id = nextId();
    const frame = { id: `chatcmpl-stub${id}`, created: 1, model: "stub-model" };
    const message = { role: "assistant", ...content(item, id) };
    const finish_reason = "text" in item ? "stop" : "tool_calls";
    if (!stream) return Response.json({ ...frame, object: "chat.completion", choices: [{ index: 0, message, finish_reason }], usage });
    const chunk = (choices: unknown[], more: object = {}) => `data: ${JSON.stringify({ ...frame, object: "chat.completion.chunk", choices, ...more })}\n\n`;
    return serverSentEvents([chunk([{ index: 0, delta: message, finish_reason: null }]), chunk([{ index: 0, delta: {}, finish_reason }]), chunk([], { usage }), "data: [DONE]\n\n"].join(""));
  },
  fail: (status, message, limit) => Response.json({ error: { message, type: "api_error", code: String(status) } }, { status, headers: limit ? { "retry-after": String(LIMIT_SECONDS) } : {} }),
};

function content(item: Item, id: number): object {
  if ("text" in item) return { content: item.text };
  return { content: null, tool_calls: [{ index: 0, id: `call_stub${id}`, type: "function", function: { name: item.tool, arguments: JSON.stringify(item.input) } }] };
}
