import { JSON_FLAG } from "../base/command";
import { UsageError } from "../base/errors";
import type { Agent } from "../base/model";
import { oneLine } from "../base/text";
import { type Context, defineCommand } from "../context";

export default defineCommand({
  name: "logs",
  group: "Look",
  summary: "print an agent's conversation, or what its pane has shown",
  doc: `The conversation comes from the transcript of the agent's program, where it keeps one: ❯ a person, ● the agent, → what it ran. It is there
without a session too. Without a transcript, and with --pane, it is the history of the agent's pane.`,
  args: [{ name: "name", doc: "the agent; in an agent's pane, that agent", optional: true, completes: "agent" }],
  flags: {
    batch: { type: "string", value: "BATCH", doc: "every agent of this batch, each under its name", completes: "batch" },
    lines: { type: "number", short: "n", value: "N", doc: "only the last N lines" },
    follow: { type: "boolean", short: "f", doc: "go on printing what comes, until Ctrl-C or the agent ends" },
    pane: { type: "boolean", doc: "the pane's history, also where there is a conversation" },
    screen: { type: "boolean", doc: "the screen as it is now, without history" },
    json: { ...JSON_FLAG, doc: "print an array with an object an agent: id, branch, status, lines" },
  },
  examples: [
    { run: "fleet logs login-form -n 40", does: "the last forty lines of the conversation" },
    { run: "fleet logs login-form --screen", does: "what one would see on attaching" },
    { run: "fleet logs login-form -f", does: "follow along" },
  ],
  async run(ctx, { args, flags }) {
    const { selectAgent, selectAgents } = await import("../fleet/select");
    if (flags.follow && flags.batch !== undefined) throw new UsageError("--follow takes one agent, not a batch");
    if (flags.follow && flags.json) throw new UsageError("--follow prints lines, not JSON");
    if (flags.batch !== undefined) {
      const agents = await selectAgents(ctx, args.name === undefined ? [] : [args.name], { batch: flags.batch, "all-repos": true });
      if (flags.json) return json(ctx, agents, flags);
      for (const agent of agents) {
        ctx.out.answer(ctx.out.style("bold", `== ${oneLine(agent.branch)}`));
        await print(ctx, agent, flags);
      }
      return;
    }
    const agent = await selectAgent(ctx, args.name, "logs");
    if (flags.json) return json(ctx, [agent], flags);
    const source = openSource(ctx, agent, flags);
    const lines = await print(ctx, agent, flags, source);
    if (flags.follow) await follow(ctx, agent.record.id, source, lines);
  },
});

const EVERY_MS = 400;

/** Returns every line there is, shown or not. */
async function print(ctx: Context, agent: Agent, flags: Cut, source = openSource(ctx, agent, flags)): Promise<string[]> {
  const lines = await source(ctx.terminal.stdoutIsTerminal);
  const shown = last(lines, flags.lines);
  if (shown.length > 0) ctx.out.answer(shown.join("\n"));
  return lines;
}

interface Cut {
  screen: boolean;
  pane: boolean;
  lines: number | undefined;
}

async function json(ctx: Context, agents: readonly Agent[], flags: Cut): Promise<void> {
  const rows = [];
  for (const agent of agents) {
    const { branch, record, status } = agent;
    rows.push({ id: record.id, branch, status, lines: last(await openSource(ctx, agent, flags)(false), flags.lines) });
  }
  ctx.out.json(rows);
}

function linesOf(text: string): string[] {
  return text === "" ? [] : text.split("\n");
}

function last(lines: string[], count: number | undefined): string[] {
  return count === undefined ? lines : lines.slice(-count || lines.length);
}

/** Reads all lines that there are now: of the conversation where there is one, else of the pane. */
type Source = (colours: boolean) => Promise<string[]>;

function openSource(ctx: Context, { record }: Agent, { screen, pane }: Cut): Source {
  const conversation = screen || pane ? null : import("../fleet/tokens/conversation").then(({ openConversation }) => openConversation(ctx, record));
  return async (colours) => {
    const turns = (await (await conversation)?.turns()) ?? [];
    if (turns.length === 0) return linesOf(await read(ctx, record.id, screen, colours));
    const { conversationLines } = await import("../ui/conversation");
    return conversationLines(turns, colours ? ctx.out.style : (_, text) => text);
  };
}

async function read(ctx: Context, id: string, screen: boolean, colours: boolean): Promise<string> {
  const [{ loadAgents }, { agentLog }] = await Promise.all([import("../fleet/agents"), import("../fleet/logs")]);
  const agent = (await loadAgents(ctx)).find((one) => one.record.id === id);
  return agent ? agentLog(ctx, agent, { screen, colours }) : "";
}

async function follow(ctx: Context, id: string, source: Source, shown: readonly string[]): Promise<void> {
  const [{ interruptSignal }, { untilAborted }, { newLines }, { loadAgents }] = await Promise.all([
    import("../ports/interrupt"),
    import("../ui/watch"),
    import("../fleet/logs"),
    import("../fleet/agents"),
  ]);
  const signal = interruptSignal();
  let before = shown;
  while (!signal.aborted) {
    await untilAborted(signal, EVERY_MS);
    const agent = (await loadAgents(ctx)).find((one) => one.record.id === id);
    const over = !agent || agent.status === "exited" || agent.status === "stopped";
    const now = await source(ctx.terminal.stdoutIsTerminal);
    const fresh = newLines(before, now);
    if (fresh.length > 0) ctx.out.answer(fresh.join("\n"));
    before = now;
    if (over) return;
  }
}
