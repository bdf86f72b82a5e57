// OpenAI's Responses: Codex, Copilot.
import { LIMIT_SECONDS, type ModelApi, nextId, serverSentEvents, words } from "./turn";

const event = (type: string, data: object) => `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;

export const responses: ModelApi = {
  turn(body) {
    const input = (body["input"] ?? []) as { type?: string; role?: string; content?: unknown; output?: unknown }[];
    const tools = ((body["tools"] ?? []) as { name?: string; type?: string }[]).map((tool) => tool.name ?? tool.type ?? "");
    const turn = { said: "", results: 0, result: "", tools, main: false, stream: true };
    for (const { type, role, content, output } of input.toReversed()) {
      if (type?.endsWith("_output")) {
        turn.results++;
        turn.result ||= JSON.stringify(output);
      }
      turn.said = role === "user" ? words(content) : "";
      if (turn.said) break;
    }
    turn.main = turn.said !== "" && tools.length > 0 && !/^Generate a concise/.test(turn.said);
    return turn;
  },
  reply(item, _, used) {
    const id = nextId();
    const output =
      "text" in item
        ? { type: "message", id: `msg_stub${id}`, role: "assistant", status: "completed", content: [{ type: "output_text", text: item.text, annotations: [] }] }
        : { type: "function_call", id: `fc_stub${id}`, call_id: `call_stub${id}`, name: item.tool, ...(item.within === undefined ? {} : { namespace: item.within }), arguments: JSON.stringify(item.input), status: "completed" };
    const input_tokens = used.input + used.cacheRead;
    const usage = {
      input_tokens, input_tokens_details: { cached_tokens: used.cacheRead }, output_tokens: used.output,
      output_tokens_details: { reasoning_tokens: used.thoughts }, total_tokens: input_tokens + used.output,
    };
    const response = { id: `resp_stub${id}`, object: "response", status: "in_progress", output: [] };
    return serverSentEvents([
      event("response.created", { response }),
      event("response.output_item.added", { output_index: 0, item: output }),
      event("response.output_item.done", { output_index: 0, item: output }),
      event("response.completed", { response: { ...response, status: "completed", output: [output], usage } }),
    ].join(""));
  },
  fail(status, message, limit) {
    const used = { type: "usage_limit_reached", plan_type: "plus", resets_in_seconds: LIMIT_SECONDS, resets_at: Math.floor(Date.now() / 1000) + LIMIT_SECONDS };
    return Response.json({ type: "error", error: { message, ...(limit ? used : { type: "api_error" }) } }, { status, headers: limit ? { "retry-after": String(LIMIT_SECONDS) } : {} });
  },
};
