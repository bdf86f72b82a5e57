// Google's generateContent: Gemini CLI.
import { hasShell, type Item, LIMIT_SECONDS, type ModelApi, nextId, type Part, serverSentEvents, words } from "./turn";

interface Content {
  role?: string;
  parts?: (Part & { functionResponse?: unknown })[];
}

const LIMITED = [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: `${LIMIT_SECONDS}s` }];

export const gemini: ModelApi = {
  turn(body, path) {
    const contents = (body["contents"] ?? []) as Content[];
    const declared = ((body["tools"] ?? []) as { functionDeclarations?: { name: string }[] }[]).flatMap((tool) => tool.functionDeclarations ?? []);
    const tools = declared.map(({ name }) => name);
    const config = (body["generationConfig"] ?? {}) as { responseMimeType?: string };
    const turn = { said: "", results: 0, result: "", tools, main: hasShell(tools), stream: path.includes("stream"), json: config.responseMimeType === "application/json" };
    for (const { role, parts = [] } of contents.toReversed()) {
      if (role === "model") continue;
      turn.said = words(parts.filter((part) => part.functionResponse === undefined));
      if (turn.said) break;
      if (!parts.some((part) => part.functionResponse !== undefined)) continue;
      turn.results++;
      turn.result ||= JSON.stringify(parts);
    }
    return turn;
  },
  reply(item, { stream }, used) {
    const [promptTokenCount, candidatesTokenCount] = [used.input + used.cacheRead, used.output - used.thoughts];
    const usageMetadata = { promptTokenCount, candidatesTokenCount, cachedContentTokenCount: used.cacheRead, thoughtsTokenCount: used.thoughts, totalTokenCount: promptTokenCount + used.output };
    const body = { candidates: [{ index: 0, content: { role: "model", parts: [part(item)] }, finishReason: "STOP" }], usageMetadata, modelVersion: "gemini-2.5-pro" };
    return stream ? serverSentEvents(`data: ${JSON.stringify(body)}\n\n`) : Response.json(body);
  },
  fail(code, message, limit) {
    const status = code === 429 ? "RESOURCE_EXHAUSTED" : "INVALID_ARGUMENT";
    return Response.json({ error: { code, message, status, ...(limit ? { details: LIMITED } : {}) } }, { status: code });
  },
};

function part(item: Item): object {
  return "text" in item ? { text: item.text } : { functionCall: { id: `fc_stub${nextId()}`, name: item.tool, args: item.input } };
}
