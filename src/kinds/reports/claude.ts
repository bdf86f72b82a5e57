// What Claude Code tells of itself: the payloads of its hooks, and the note that it keeps in sessions/PID.json.
import { failureReason } from "./failures";
import type { Ask, Note, Report } from "../kind";

type Fields = Record<string, unknown>;

/** Hooks do not tell of Esc, neither within a turn nor at a question: that is what its notes are looked at for. */
export function reportOfClaude(event: string, payload: unknown): Report | null {
  const fields = object(payload);
  const conversation = text(fields, "session_id");
  const named = conversation === undefined ? {} : { conversation };
  switch (event) {
    case "SessionStart":
    case "SessionStartPrompted":
      return { ...started(event, text(fields, "source")), ...named };
    case "UserPromptSubmit":
      return { status: "working", reason: null, ...doing(promptOf(text(fields, "prompt") ?? "")) };
    case "PermissionRequest": {
      const ask = askOf(fields);
      return { status: "waiting", reason: ask.what, doing: ask.text, ask, asks: toolKey(fields) };
    }
    // Other tools of the same turn, and those of sub-agents, end while a question is open.
    case "PostToolUse":
    case "PostToolUseFailure":
      return { status: "working", reason: null, answered: toolKey(fields) };
    case "Notification": {
      const message = text(fields, "message") ?? "";
      return { status: "waiting", reason: "question", doing: message, ask: { what: "question", text: message, choices: [] } };
    }
    case "Stop":
      // It goes on by itself as soon as they end.
      if (hasHelpers(fields["background_tasks"])) return { status: "working", reason: null };
      return { status: "idle", reason: null, ...doing(text(fields, "last_assistant_message")) };
    case "StopFailure":
      return { status: "idle", reason: failureReason(`${text(fields, "error") ?? ""} ${text(fields, "last_assistant_message") ?? ""}`), ...doing(text(fields, "last_assistant_message")) };
    default:
      return null;
  }
}

/** What it tells itself when a task of its own has ended comes as a prompt too. */
function promptOf(prompt: string): string | undefined {
  if (!prompt.startsWith("<task-notification>")) return prompt || undefined;
  return /<summary>([^]*?)<\/summary>/.exec(prompt)?.[1]?.trim() || undefined;
}

/** Agents of its own that are still at work, and not a server or a watch that it has left running. */
function hasHelpers(tasks: unknown): boolean {
  return Array.isArray(tasks) && tasks.map(object).some((task) => task["status"] === "running" && /^(subagent|workflow|teammate)$/.test(String(task["type"])));
}

/** Compaction starts a session in the middle of a turn: it changes nothing. */
function started(event: string, source: string | undefined): Report {
  if (source === "compact") return {};
  if (event === "SessionStartPrompted" && source === "startup") return { status: "working", reason: null };
  return { status: "idle", reason: null };
}

function askOf(fields: Fields): Ask {
  const tool = text(fields, "tool_name") ?? "a tool";
  const input = object(fields["tool_input"]);
  if (tool === "AskUserQuestion") return question(input);
  if (tool === "ExitPlanMode") return { what: "permission", text: text(input, "plan") ?? "carry out its plan", choices: [] };
  const what = ["command", "file_path", "url", "query", "notebook_path"].map((name) => text(input, name)).find((value) => value !== undefined);
  const shown = tool === "Bash" && what !== undefined ? what : `${tool} ${what ?? JSON.stringify(input)}`;
  return { what: "permission", text: shown, choices: [] };
}

/** Several questions, or several answers to one, are a form: keys for it are a person's to press. */
function question(input: Fields): Ask {
  const questions = Array.isArray(input["questions"]) ? input["questions"].map(object) : [];
  const [first = {}] = questions;
  const options = Array.isArray(first["options"]) ? first["options"].map(object) : [];
  const simple = questions.length === 1 && first["multiSelect"] !== true;
  return {
    what: "question",
    text: questions.map((one) => text(one, "question") ?? "").join("\n"),
    choices: simple ? options.map((option) => text(option, "label") ?? "") : [],
  };
}

/** PermissionRequest has no id of the tool's use; an answered question comes back with its answers in its input. */
function toolKey(fields: Fields): string {
  const { answers, annotations, ...input } = object(fields["tool_input"]);
  return Bun.hash(JSON.stringify([fields["tool_name"], input])).toString(36);
}

/** The note that a running Claude Code keeps: `busy`, `waiting` with what for, `idle`, or `shell`: idle, with a command left running. */
export function readClaudeNote(json: string): Note | null {
  const fields = object(parse(json));
  const { pid, statusUpdatedAt, procStart } = fields;
  const status = ({ busy: "working", waiting: "waiting", idle: "idle", shell: "idle" } as const)[String(fields["status"]) as "busy"];
  if (typeof pid !== "number" || status === undefined) return null;
  return {
    pid,
    start: procStart === undefined ? null : String(procStart),
    cwd: text(fields, "cwd") ?? "",
    // "main:@0.%0": a session's name may hold anything, a pane's id comes last.
    pane: /%\d+$/.exec(text(fields, "tmux") ?? "")?.[0] ?? null,
    status,
    waitsFor: text(fields, "waitingFor") ?? null,
    at: typeof statusUpdatedAt === "number" ? statusUpdatedAt : 0,
    conversation: text(fields, "sessionId") ?? "",
  };
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}

function object(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function text(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

function doing(value: string | undefined): { doing?: string } {
  return value === undefined ? {} : { doing: value };
}
