// A model that does what the prompt says: loopback only, for end-to-end tests of the real programs. Words of a prompt that it
// obeys, one a line or parted by ` ;; `:
//   STUB:text T · STUB:bash COMMAND (a tool that needs permission) · STUB:ask QUESTION · STUB:fail CODE · STUB:delay MS
//   STUB:sub PROMPT (an agent of the program's own; STUB- in it is its STUB:) · STUB:background COMMAND
import { anthropic } from "./model-apis/anthropic";
import { chat } from "./model-apis/chat";
import { gemini } from "./model-apis/gemini";
import { responses } from "./model-apis/responses";
import { answer, type ModelApi, wish } from "./model-apis/turn";

export interface ModelStub {
  /** http://127.0.0.1:PORT */
  readonly url: string;
  /** What persons said, newest last: each new text of the main conversation once. */
  readonly received: string[];
  stop(): void;
}

function apiOf(path: string): ModelApi | null {
  if (path.endsWith("/messages")) return anthropic;
  if (path.endsWith("/responses")) return responses;
  if (path.endsWith("/chat/completions")) return chat;
  return /:(streamG|g)enerateContent$/.test(path) ? gemini : null;
}

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
      if (/[/:]count_?tokens$/i.test(pathname)) return Response.json({ input_tokens: 10, totalTokens: 10 });
      const api = apiOf(pathname);
      if (!api) return Response.json({});
      const turn = api.turn(body, pathname);
      const asked = turn.main && !turn.json;
      if (asked && turn.results === 0 && turn.said !== last) received.push((last = turn.said));
      // The program may hang up meanwhile.
      const wait = asked ? Number(wish(turn.said, "delay") ?? 0) : 0;
      for (let waited = 0; waited < wait && !request.signal.aborted; waited += 20) await Bun.sleep(20);
      const fail = asked ? wish(turn.said, "fail") : undefined;
      if (fail) return api.fail(Number(fail), `stub error ${fail}`);
      return api.reply(answer(turn), turn);
    },
  });
  return { url: `http://127.0.0.1:${server.port}`, received, stop: () => void server.stop(true) };
}
