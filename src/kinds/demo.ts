// The demo agent inside the fleet binary: for trying fleet, and for its tests. It is the first that reports through `fleet hook`.
import { type Kind, PROMPT, type Report } from "./kind";

export const demo: Kind = {
  name: "demo",
  title: "Demo agent",
  // This binary, wherever it lies: fleet need not be on PATH.
  program: process.execPath,
  install: "scripts/install",
  picksConversation: true,
  reports: true,
  sharesLogin: false,
  memory: 45,
  input: "paste",
  interrupt: ["Escape"],
  launch: ({ conversation, extra, fleet }) => [
    fleet,
    "demo-agent",
    ...(conversation ? ["--conversation", conversation] : []),
    ...extra,
    "--",
    PROMPT,
  ],
  resume: ({ conversation, extra, fleet }) => [fleet, "demo-agent", ...(conversation ? ["--resume", conversation] : []), ...extra],
  report,
};

/** The payloads that the demo agent sends with its events. */
export type DemoEvent =
  | { event: "start"; conversation: string | null; prompt: string | null }
  | { event: "prompt"; prompt: string }
  | { event: "waiting"; reason: "permission"; message: string }
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
    case "waiting":
      return { status: "waiting", reason: text("reason") ?? "question", ...doing(text("message")) };
    case "working":
      return { status: "working", reason: null };
    case "stop":
      return { status: "idle", reason: fields["error"] === true ? "error" : null, ...doing(text("message")) };
    // `end` says nothing: what follows, `exited` with its code, is the wrapper's to tell.
    default:
      return null;
  }
}
