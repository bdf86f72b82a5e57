// A model that does what the prompt says: loopback only, for end-to-end tests of the real programs. It speaks Anthropic's
// Messages and OpenAI's Responses. Words of a prompt that it obeys, one a line or parted by ` ;; `:
//   STUB:text T · STUB:bash COMMAND (a tool that needs permission) · STUB:ask QUESTION · STUB:fail CODE · STUB:delay MS

export interface ModelStub {
  /** http://127.0.0.1:PORT */
  readonly url: string;
  /** What persons said, newest last: each new text of the main conversation once. */
  readonly received: string[];
  stop(): void;
}

interface Turn {
  said: string;
  /** Tool results since a person last said something. */
  results: number;
  tools: string[];
  /** The conversation with the person, and not one that names or sums it up. */
  main: boolean;
}

type Item = { text: string } | { tool: string; input: unknown };

export function startModelStub(): ModelStub {
  const received: string[] = [];
  let last: string | undefined;
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    idleTimeout: 120,
    async fetch(request) {
      const { pathname } = new URL(request.url);
      if (request.method !== "POST") return Response.json({ data: [], models: [] });
      const body = (await request.json().catch(() => ({}))) as Record<string, unknown>;
      if (pathname.endsWith("/count_tokens")) return Response.json({ input_tokens: 10 });
      const anthropic = pathname.endsWith("/messages");
      if (!anthropic && !pathname.endsWith("/responses")) return Response.json({});
      const turn = anthropic ? messagesTurn(body) : responsesTurn(body);
      if (turn.main && turn.results === 0 && turn.said !== last) received.push((last = turn.said));
      const wish = (name: string) => new RegExp(`STUB:${name} (.*?)\\s*(?:;;|\\n|$)`).exec(turn.said)?.[1];
      const wait = turn.main ? Number(wish("delay") ?? 0) : 0;
      // The program may hang up meanwhile.
      for (let waited = 0; waited < wait && !request.signal.aborted; waited += 20) await Bun.sleep(20);
      const fail = turn.main ? wish("fail") : undefined;
      if (fail) return Response.json({ type: "error", error: { type: "api_error", message: `stub error ${fail}` } }, { status: Number(fail) });
      const item = answer(turn, wish, anthropic);
      return new Response(anthropic ? messagesStream(item) : responsesStream(item), { headers: { "content-type": "text/event-stream" } });
    },
  });
  return { url: `http://127.0.0.1:${server.port}`, received, stop: () => void server.stop(true) };
}

function answer({ main, results, said, tools }: Turn, wish: (name: string) => string | undefined, anthropic: boolean): Item {
  if (!main) return { text: "Stub title" };
  if (results > 0) return { text: `STUB-OK tools=${results}` };
  const [command, question] = [wish("bash"), wish("ask")];
  if (command) {
    if (anthropic) return { tool: "Bash", input: { command, description: "stub shell call" } };
    const name = tools.find((tool) => tool === "exec_command") ?? "shell";
    return { tool: name, input: { cmd: command, command: ["sh", "-c", command], sandbox_permissions: "require_escalated", justification: "stub asks to run outside the sandbox" } };
  }
  if (question) {
    const options = [{ label: "Red", description: "the first" }, { label: "Blue", description: "the second" }];
    return { tool: "AskUserQuestion", input: { questions: [{ question, header: "Colour", options, multiSelect: false }] } };
  }
  return { text: wish("text") ?? `STUB-OK lines=${said.split("\n").length}` };
}

interface Part {
  type?: string;
  text?: string;
}

/** Reminders that the program puts among a person's words are no words of the person. */
function words(content: unknown): string {
  const parts: Part[] = typeof content === "string" ? [{ type: "text", text: content }] : Array.isArray(content) ? (content as Part[]) : [];
  return parts.map((part) => part.text ?? "").filter((text) => text && !/^\s*(\[Request interrupted|<(system-reminder|environment_context|user_instructions|INSTRUCTIONS|recommended))/.test(text) && !text.startsWith("# AGENTS.md")).at(-1) ?? "";
}

function messagesTurn(body: Record<string, unknown>): Turn {
  const messages = (body["messages"] ?? []) as { role: string; content: unknown }[];
  const tools = ((body["tools"] ?? []) as { name?: string }[]).map((tool) => tool.name ?? "");
  let results = 0;
  for (const { role, content } of messages.toReversed()) {
    if (role !== "user") continue;
    const tool = Array.isArray(content) && content.some((part: Part) => part.type === "tool_result");
    // After a denial the next words come with the denied tool's result.
    const said = words(content);
    if (said) return { said, results, tools, main: tools.includes("Bash") };
    if (tool) results++;
  }
  return { said: "", results, tools, main: tools.includes("Bash") };
}

function responsesTurn(body: Record<string, unknown>): Turn {
  const input = (body["input"] ?? []) as { type?: string; role?: string; content?: unknown }[];
  const tools = ((body["tools"] ?? []) as { name?: string; type?: string }[]).map((tool) => tool.name ?? tool.type ?? "");
  let results = 0;
  for (const { type, role, content } of input.toReversed()) {
    if (type?.endsWith("_output")) results++;
    const said = role === "user" ? words(content) : "";
    if (said) return { said, results, tools, main: tools.length > 0 && !/^Generate a concise/.test(said) };
  }
  return { said: "", results, tools, main: false };
}

let count = 0;
const event = (type: string, data: object) => `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;

function messagesStream(item: Item): string {
  const id = ++count;
  const usage = { input_tokens: 1000, output_tokens: 20, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 };
  const isText = "text" in item;
  const block = isText ? { type: "text", text: "" } : { type: "tool_use", id: `toolu_stub${id}`, name: item.tool, input: {} };
  const delta = isText ? { type: "text_delta", text: item.text } : { type: "input_json_delta", partial_json: JSON.stringify(item.input) };
  return [
    event("message_start", { message: { id: `msg_stub${id}`, type: "message", role: "assistant", model: "claude-opus-5-5", content: [], stop_reason: null, stop_sequence: null, usage } }),
    event("content_block_start", { index: 0, content_block: block }),
    event("content_block_delta", { index: 0, delta }),
    event("content_block_stop", { index: 0 }),
    event("message_delta", { delta: { stop_reason: isText ? "end_turn" : "tool_use", stop_sequence: null }, usage }),
    event("message_stop", {}),
  ].join("");
}

function responsesStream(item: Item): string {
  const id = ++count;
  const output =
    "text" in item
      ? { type: "message", id: `msg_stub${id}`, role: "assistant", status: "completed", content: [{ type: "output_text", text: item.text, annotations: [] }] }
      : { type: "function_call", id: `fc_stub${id}`, call_id: `call_stub${id}`, name: item.tool, arguments: JSON.stringify(item.input), status: "completed" };
  const usage = { input_tokens: 1000, input_tokens_details: { cached_tokens: 0 }, output_tokens: 20, output_tokens_details: { reasoning_tokens: 0 }, total_tokens: 1020 };
  const response = { id: `resp_stub${id}`, object: "response", status: "in_progress", output: [] };
  return [
    event("response.created", { response }),
    event("response.output_item.added", { output_index: 0, item: output }),
    event("response.output_item.done", { output_index: 0, item: output }),
    event("response.completed", { response: { ...response, status: "completed", output: [output], usage } }),
  ].join("");
}
