// GitHub Copilot CLI (npm @github/copilot; words and hooks tried with 1.0.102).
import { shellQuote } from "../base/text";
import { copilotAnswerKeys, readCopilotScreen } from "./screens/copilot";
import type { Kind, LaunchFacts, Report } from "./kind";
import { copilotTranscript } from "./transcripts/copilot";

const EVENTS = ["sessionStart", "userPromptSubmitted", "permissionRequest", "postToolUse", "agentStop"];

export const copilot: Kind = {
  name: "copilot",
  title: "GitHub Copilot CLI",
  program: "copilot",
  install: "npm install -g @github/copilot",
  picksConversation: true,
  reports: true,
  sharesLogin: true,
  memory: 410,
  input: "paste",
  // Esc leaves its turn alone.
  interrupt: ["C-c"],
  transcript: copilotTranscript,
  lookAgain: 4,
  readScreen: readCopilotScreen,
  answerKeys: copilotAnswerKeys,
  report,
  files: (facts) => ({
    "plugin.json": `${JSON.stringify({ name: "fleet", version: "1.0.0", description: "tells fleet what this agent does", hooks: "hooks.json" })}\n`,
    "hooks.json": `${JSON.stringify(hooks(facts), null, 1)}\n`,
  }),
  launch: ({ conversation, extra, directory }) => [
    "copilot",
    "--plugin-dir",
    directory,
    ...(conversation ? ["--session-id", conversation] : []),
    ...extra,
    { before: "--interactive=", after: "" },
  ],
  fork: "GitHub Copilot CLI has no way to fork a conversation",
  resume: ({ conversation, extra, directory }) => ["copilot", "--plugin-dir", directory, ...(conversation ? ["--resume", conversation] : ["--continue"]), ...extra],
};

function hooks({ fleet, directory }: LaunchFacts): unknown {
  const bash = (event: string) => `[ ! -x ${shellQuote(fleet)} ] || ${[fleet, "hook", event, "copilot", directory].map(shellQuote).join(" ")} >/dev/null 2>&1 || :`;
  return { version: 1, hooks: Object.fromEntries(EVENTS.map((event) => [event, [{ type: "command", bash: bash(event), timeoutSec: 5 }]])) };
}

/** An interrupt and a denial have no event: the screen tells them. */
function report(event: string, payload: unknown): Report | null {
  const fields = (typeof payload === "object" && payload !== null ? payload : {}) as Record<string, unknown>;
  const text = (name: string) => (typeof fields[name] === "string" && fields[name] !== "" ? fields[name] : undefined);
  const prompt = text("prompt") ?? text("initialPrompt");
  const conversation = text("sessionId");
  switch (event) {
    case "sessionStart":
      return { status: prompt ? "working" : "idle", reason: null, ...(prompt ? { doing: prompt } : {}), ...(conversation ? { conversation } : {}) };
    case "userPromptSubmitted":
      return { status: "working", reason: null, ...(prompt ? { doing: prompt } : {}) };
    case "permissionRequest": {
      const input = (fields["toolInput"] ?? {}) as Record<string, unknown>;
      const command = typeof input["command"] === "string" ? input["command"] : `${text("toolName") ?? "a tool"} ${JSON.stringify(input)}`;
      return { status: "waiting", reason: "permission", doing: command, ask: { what: "permission", text: command, choices: [] }, asks: key(fields["toolName"], command) };
    }
    case "postToolUse": {
      // A tool that the person did not allow ends too: their turn is over, or goes on, as the screen tells.
      const { resultType } = (fields["toolResult"] ?? {}) as Record<string, unknown>;
      if (typeof resultType === "string" && !/^(success|failure)$/.test(resultType)) return null;
      const args = (fields["toolArgs"] ?? {}) as Record<string, unknown>;
      const command = typeof args["command"] === "string" ? args["command"] : `${text("toolName") ?? "a tool"} ${JSON.stringify(args)}`;
      return { status: "working", reason: null, answered: key(fields["toolName"], command) };
    }
    case "agentStop":
      // Its last words stand on the screen.
      return { status: "idle", reason: null, doing: "" };
    default:
      return null;
  }
}

function key(tool: unknown, command: string): string {
  return Bun.hash(JSON.stringify([tool, command])).toString(36);
}
