// A model that does what the prompt says: loopback only, for end-to-end tests of the real programs. Words of a prompt that it
// obeys, one a line or parted by ` ;; `:
//   STUB:text T · STUB:bash COMMAND (a tool that needs permission) · STUB:ask QUESTION · STUB:fail CODE, or CODE limit · STUB:delay MS
//   STUB:sub PROMPT (an agent of the program's own; STUB- in it is its STUB:) · STUB:background COMMAND
import { appendFileSync } from "node:fs";
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
  /** What tools brought, newest last, with what the person had said. */
  readonly results: readonly { said: string; result: string }[];
  /** The tokens of all answers of the main conversations, agents of a program's own too; not of titles and the like. */
  readonly sent: Readonly<Record<"input" | "output" | "cacheRead" | "cacheWrite", number>>;
  /** When, as performance.now() has it: the last thing that a person said came, the last answer to a main conversation went, and any answer at all. */
  readonly at: { got: number; sent: number; answered: number };
  /** Milliseconds that every answer takes longer, also those of which nobody is told: a summary's, a title's. None once it is 0 again. */
  slow: number;
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
  const results: { said: string; result: string }[] = [];
  const sent = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };
  const at = { got: 0, sent: 0, answered: 0 };
  let answers = 0;
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
      if (process.env["STUB_DEBUG"]) appendFileSync(process.env["STUB_DEBUG"], `${JSON.stringify({ pathname, turn, body })}\n`);
      if (asked && turn.results > 0) results.push({ said: turn.said, result: turn.result });
      if (asked && turn.results === 0) at.got = performance.now();
      if (asked && turn.results === 0 && turn.said !== last) received.push((last = turn.said));
      // The program may hang up meanwhile.
      const wait = asked && turn.results === 0 ? Number(wish(turn.said, "delay") ?? 0) : 0;
      for (let waited = 0; waited < stub.slow + wait && !request.signal.aborted; waited += 20) await Bun.sleep(20);
      const fail = asked ? wish(turn.said, "fail") : undefined;
      at.answered = performance.now();
      if (asked) at.sent = at.answered;
      if (fail) return api.fail(parseInt(fail), `stub error ${parseInt(fail)}`, fail.endsWith(" limit"));
      const n = ++answers;
      const used = { input: 700 + n, output: 20 + (n % 7), thoughts: 5, cacheRead: 300, cacheWrite: api === anthropic ? 40 : 0 };
      if (asked && !request.signal.aborted) for (const name of ["input", "output", "cacheRead", "cacheWrite"] as const) sent[name] += used[name];
      return api.reply(answer(turn), turn, used);
    },
  });
  const stub: ModelStub = { url: `http://127.0.0.1:${server.port}`, received, results, sent, at, slow: 0, stop: () => void server.stop(true) };
  return stub;
}
