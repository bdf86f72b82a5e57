// One request to a model, as all the APIs have it in common, and what the stub says to it.

export interface Turn {
  said: string;
  /** Tool results since a person last said something. */
  results: number;
  /** The newest of them, as JSON. */
  result: string;
  tools: readonly string[];
  /** The conversation with the person, and not one that names or sums it up. */
  main: boolean;
  /** The words alone, not one that only looks at how many tokens they are. */
  stream: boolean;
  /** What the program wants is JSON, to decide something of its own. */
  json?: boolean;
}

/** `within`: the name that a program's tools of one kind have in common. */
export type Item = { text: string } | { tool: string; within?: string; input: unknown };

/** What an answer has used; each another number, so that one counted twice or left out shows. `output` has the thoughts in it. */
export interface Used {
  input: number;
  output: number;
  thoughts: number;
  cacheRead: number;
  cacheWrite: number;
}

/** How one API puts a conversation, and how it is answered. */
export interface ModelApi {
  turn(body: Record<string, unknown>, path: string): Turn;
  reply(item: Item, turn: Turn, used: Used): Response;
  /** `limit`: as the provider says that what one has paid for is used up, until in LIMIT_SECONDS. */
  fail(status: number, message: string, limit: boolean): Response;
}

/** Three hours, five minutes. */
export const LIMIT_SECONDS = 11_100;

export interface Part {
  type?: string;
  text?: string;
}

const FRAMES = "system-reminder|environment_context|user_instructions|INSTRUCTIONS|recommended|session_context|current_datetime|reminder|system_notification|ide_context|hook_context";
const FRAME = new RegExp(`^\\s*(\\[Request interrupted|\\[User cancelled|<(${FRAMES}))`);

/** Reminders that the program puts among a person's words are no words of the person. */
export function words(content: unknown): string {
  const parts: Part[] = typeof content === "string" ? [{ text: content }] : Array.isArray(content) ? (content as Part[]) : [];
  const own = parts.map(({ text = "" }) => text.replace(new RegExp(`^\\s*<(${FRAMES})[^>]*>[^]*?</\\1>\\s*|\\s*<(${FRAMES})[^>]*>[^]*?</\\2>\\s*$`, "g"), ""));
  return own.filter((text) => text.trim() && !FRAME.test(text) && !text.startsWith("# AGENTS.md")).at(-1) ?? "";
}

/** The word after `STUB:name`, up to the line's end or ` ;; `. */
export function wish(said: string, name: string): string | undefined {
  return new RegExp(`STUB:${name} (.*?)\\s*(?:;;|\\n|$)`).exec(said)?.[1];
}

/** The tools by which programs run a command, ask a person, or hand work to another agent, and what they take. */
const SHELLS: Readonly<Record<string, (command: string) => unknown>> = {
  Bash: described,
  exec_command: escalated,
  shell: escalated,
  run_shell_command: (command) => ({ ...described(command), is_background: false }),
  bash: described,
};

function described(command: string) {
  return { command, description: "stub shell call" };
}

function escalated(command: string) {
  return { cmd: command, command: ["sh", "-c", command], sandbox_permissions: "require_escalated", justification: "stub asks to run outside the sandbox" };
}

const OPTIONS = [{ label: "Red", description: "the first" }, { label: "Blue", description: "the second" }];

const SCHEMA = { type: "object", properties: { colour: { type: "string", title: "Colour", enum: OPTIONS.map(({ label }) => label) } }, required: ["colour"] };

const QUESTIONS: Readonly<Record<string, (question: string) => unknown>> = {
  AskUserQuestion: (question) => ({ questions: [{ question, header: "Colour", options: OPTIONS, multiSelect: false }] }),
  ask_user_question: (question) => ({ questions: [{ question, header: "Colour", options: OPTIONS, multiSelect: false }] }),
  question: (question) => ({ questions: [{ question, header: "Colour", options: OPTIONS }] }),
  request_user_input: (question) => ({ questions: [{ id: "colour", header: "Colour", question, options: OPTIONS }] }),
  // Gemini's and Copilot's have one name.
  ask_user: (question) => ({ question, choices: OPTIONS.map(({ label }) => label), message: question, requestedSchema: SCHEMA, questions: [{ question, header: "Colour", type: "choice", options: OPTIONS, multiSelect: false }] }),
};

const HELPERS: Readonly<Record<string, (prompt: string) => unknown>> = {
  invoke_agent: (prompt) => ({ agent_name: "generalist", prompt }),
  Agent: (prompt) => ({ description: "stub helper", prompt, subagent_type: "general-purpose" }),
  agent: (prompt) => ({ description: "stub helper", prompt, subagent_type: "general-purpose" }),
  Task: (prompt) => ({ description: "stub helper", prompt, subagent_type: "general-purpose" }),
  task: (prompt) => ({ description: "stub helper", prompt, subagent_type: "general", agent_type: "general-purpose", name: "helper" }),
};

/** A command that goes on when its turn is over. */
const BACKGROUNDS: Readonly<Record<string, (command: string) => unknown>> = {
  Bash: (command) => ({ ...described(command), run_in_background: true }),
  run_shell_command: (command) => ({ ...described(command), is_background: true }),
  exec_command: (command) => ({ ...escalated(command), yield_time_ms: 250 }),
  bash: (command) => ({ ...described(command), mode: "async", detach: true }),
};

/** The call of the first tool of `table` that the program offers. */
function call(table: Readonly<Record<string, (text: string) => unknown>>, tools: readonly string[], text: string): Item | null {
  const tool = Object.keys(table).find((name) => tools.includes(name));
  return tool === undefined ? null : { tool, input: table[tool]!(text) };
}

/** true where the program can run a command: its own conversation, and not a title's. */
export function hasShell(tools: readonly string[]): boolean {
  return Object.keys(SHELLS).some((name) => tools.includes(name));
}

export function answer({ main, json, results, result, said, tools }: Turn): Item {
  if (json) return { text: JSON.stringify({ reasoning: "stub", next_speaker: "user" }) };
  if (!main) return { text: "Stub title" };
  // Its helper's id is in what the call of it brought.
  const helper = results === 1 && tools.includes("multi_agent_v1") && wish(said, "sub") ? /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(result)?.[0] : undefined;
  if (helper) return { tool: "wait_agent", within: "multi_agent_v1", input: { targets: [helper] } };
  if (results > 0) return { text: `STUB-OK tools=${results}` };
  const [command, question, work, aside] = ["bash", "ask", "sub", "background"].map((name) => wish(said, name));
  const item =
    (command && call(SHELLS, tools, command)) ||
    (question && call(QUESTIONS, tools, question)) ||
    (work && call(HELPERS, tools, work.replaceAll("STUB-", "STUB:"))) ||
    (work && tools.includes("multi_agent_v1") && { tool: "spawn_agent", within: "multi_agent_v1", input: { message: work.replaceAll("STUB-", "STUB:") } }) ||
    (aside && call(BACKGROUNDS, tools, aside));
  return item || { text: wish(said, "text") ?? `STUB-OK lines=${said.split("\n").length}` };
}

let count = 0;

/** Ids of one answer. */
export function nextId(): number {
  return ++count;
}

export function serverSentEvents(text: string): Response {
  return new Response(text, { headers: { "content-type": "text/event-stream" } });
}
