// The demo agent inside the fleet binary: for trying fleet, and for its tests. It is the first that reports through `fleet hook`.
import { type Answer, type Ask, type Kind, PROMPT, type Report, type ScreenReading } from "./kind";

export const demo: Kind = {
  name: "demo",
  title: "Demo agent",
  // This binary, wherever it lies: fleet need not be on PATH.
  program: process.execPath,
  subcommand: "demo-agent",
  install: "scripts/install",
  picksConversation: true,
  reports: true,
  sharesLogin: false,
  memory: 45,
  input: "paste",
  queuesPrompts: true,
  tellsWords: true,
  interrupt: ["Escape"],
  launch: ({ conversation, extra, fleet }) => [
    fleet,
    "demo-agent",
    ...(conversation ? ["--conversation", conversation] : []),
    ...extra,
    "--",
    PROMPT,
  ],
  fork: {
    picks: true,
    words: ({ conversation, extra, fleet }, of) =>
      of.conversation === null ? null : [fleet, "demo-agent", "--from", `${of.directory}/demo-${of.conversation}.jsonl`, ...(conversation ? ["--conversation", conversation] : []), ...extra, "--", PROMPT],
  },
  resume: ({ conversation, extra, fleet }) => [fleet, "demo-agent", ...(conversation ? ["--resume", conversation] : []), ...extra],
  report,
  readScreen,
  answerKeys,
};

const PERMISSION_CHOICES = ["yes", "no"];

/** The payloads that the demo agent sends with its events. */
export type DemoEvent =
  | { event: "start"; conversation: string | null; prompt: string | null }
  | { event: "prompt"; prompt: string }
  | { event: "waiting"; reason: "permission"; message: string }
  | { event: "waiting"; reason: "question"; message: string; choices: readonly string[] }
  /** An answer was given, or a step was done. */
  | { event: "working"; step: string }
  | { event: "stop"; message: string; error: boolean }
  | { event: "end" };

function report(event: string, payload: unknown): Report | null {
  const fields = (typeof payload === "object" && payload !== null ? payload : {}) as Record<string, unknown>;
  const text = (name: string): string | undefined => {
    const value = fields[name];
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const doing = (value: string | undefined) => (value === undefined ? {} : { doing: value });
  switch (event) {
    case "start": {
      const prompt = text("prompt");
      const conversation = text("conversation");
      // With a prompt on its command line it never stands idle, not even for a moment.
      return { status: prompt ? "working" : "idle", reason: null, ...doing(prompt), ...(conversation ? { conversation } : {}) };
    }
    case "prompt":
      return { status: "working", reason: null, ...doing(text("prompt")) };
    case "waiting": {
      const message = text("message");
      const what = text("reason") === "permission" ? "permission" : "question";
      const given: unknown = fields["choices"];
      const choices = what === "permission" ? PERMISSION_CHOICES : Array.isArray(given) ? given.map(String) : [];
      return { status: "waiting", reason: text("reason") ?? what, ...doing(message), ...(message ? { ask: { what, text: message, choices } } : {}) };
    }
    case "working":
      return { status: "working", reason: null };
    case "stop":
      return { status: "idle", reason: fields["error"] === true ? "error" : null, ...doing(text("message")) };
    // `end` says nothing: what follows, `exited` with its code, is the wrapper's to tell.
    default:
      return null;
  }
}

/** The lines between transcript and input box, above the last rule, say what it is at (src/demo/agent.ts draws them). */
function readScreen(screen: readonly string[]): ScreenReading | null {
  const rule = screen.findLastIndex((line) => /^─{8,}$/.test(line.trimEnd()));
  if (rule < 1 || !screen[rule + 1]?.startsWith(">")) return null;
  const draft = screen.slice(rule + 1).map((line) => line.slice(2).trimEnd()).join("\n").trim();
  const blank = screen.findLastIndex((line, i) => i < rule && line.trim() === "");
  const state = screen.slice(blank + 1, rule).map((line) => line.trimEnd());
  const rest = draft ? { draft } : {};
  const [head = "", ...body] = state;
  if (head === "Permission required" && body.at(-1)?.startsWith("1. yes (y)")) {
    return { status: "waiting", ask: { what: "permission", text: body.slice(0, -1).join(""), choices: PERMISSION_CHOICES }, ...rest };
  }
  if (head === "Question" && body.at(-1)?.includes("Esc leaves it")) {
    const first = body.findIndex((line) => line.startsWith("1. "));
    const choices = first < 0 ? [] : body.slice(first, -1).map((line) => line.replace(/^\d+\. /, ""));
    return { status: "waiting", ask: { what: "question", text: body.slice(0, first < 0 ? -1 : first).join(""), choices }, ...rest };
  }
  if (/^[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] Working… /.test(head)) return { status: "working", ...rest };
  return { status: "idle", ...rest };
}

function answerKeys(ask: Ask, answer: Answer): readonly (readonly string[])[] | null {
  if (answer.is === "choice") return answer.n >= 1 && answer.n <= ask.choices.length ? [[String(answer.n)]] : null;
  if (ask.what === "permission") return answer.is === "yes" ? [["y"]] : answer.is === "no" ? [["n"]] : null;
  // Its input box takes a text as it is.
  return answer.is === "text" ? [] : answer.is === "no" ? [["Escape"]] : null;
}
