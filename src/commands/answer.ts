import { DRY_RUN_FLAG, JSON_FLAG } from "../base/command";
import { EXIT, UserError } from "../base/errors";
import type { Agent } from "../base/model";
import { type Context, defineCommand } from "../context";

export default defineCommand({
  name: "answer",
  group: "Work",
  summary: "answer what an agent asks, with its program's own keys",
  doc: `ANSWER is yes, always, no, the number of a choice, or, where it asks a question, words. What is asked is shown whole first. The keys
are pressed only while the screen still asks exactly that, and the command ends well only once the question is gone. Words never
go to a permission menu.

Without an answer, fleet asks you; without a name, about every agent that waits, one after the other.`,
  args: [
    { name: "name", doc: "the agent", optional: true, completes: "agent" },
    { name: "answer", doc: "yes, always, no, a number, or words", optional: true, many: true },
  ],
  flags: { "dry-run": { ...DRY_RUN_FLAG, doc: "show what is asked, and the keys for ANSWER; press nothing" }, json: { ...JSON_FLAG, doc: "print what is asked as JSON, press nothing" } },
  examples: [
    { run: "fleet answer release yes", does: "allow what it asks, once" },
    { run: "fleet answer login-form 2", does: "take the second choice" },
    { run: "fleet answer", does: "deal with all that wait, one after the other" },
  ],
  async run(ctx, { args, flags }) {
    const { kindsOf } = await import("../fleet/kind-of");
    const kinds = await kindsOf(ctx);
    if (args.name === undefined || (args.answer.length === 0 && !flags["dry-run"] && !flags.json)) return loop(ctx, kinds, args.name);
    const [{ selectAgent }, { askRow }, { answerFrom, giveAnswer, keysFor, readAsk }, { askLines }, { wholeAsk }, { oneLine }] = await Promise.all([
      import("../fleet/select"),
      import("../fleet/ask"),
      import("../fleet/answer/answer"),
      import("../fleet/answer/lines"),
      import("../fleet/answer/whole"),
      import("../base/text"),
    ]);
    const agent = await selectAgent(ctx, args.name, "answer");
    const kind = kinds(agent.record.kind);
    const ask = await readAsk(ctx, agent, kind);
    const whole = await wholeAsk(ctx, agent, ask);
    if (flags.json) return ctx.out.json({ id: agent.record.id, branch: agent.branch, ...askRow(whole) }), EXIT.done;
    if (flags["dry-run"] || ctx.terminal.stderrIsTerminal) {
      const show = flags["dry-run"] ? ctx.out.answer : (text: string) => ctx.out.progress(`${text}\n`);
      show(askLines(whole).join("\n"));
    }
    if (args.answer.length === 0) return EXIT.done;
    const answer = answerFrom(args.answer.join(" "), ask);
    if (flags["dry-run"]) {
      const keys = keysFor(agent, kind, ask, answer).flat();
      ctx.out.answer(`would press: ${[...keys, ...(answer.is === "text" ? ["the words", "Enter"] : [])].join(" ")}`);
      return EXIT.done;
    }
    await giveAnswer(ctx, agent, kind, ask, answer, whole);
    ctx.out.done(`answered: ${oneLine(agent.branch)}`);
    return EXIT.done;
  },
});

type KindOf = Awaited<ReturnType<typeof import("../fleet/kind-of")["kindsOf"]>>;

async function loop(ctx: Context, kinds: KindOf, name: string | undefined): Promise<number> {
  const [{ selectAgent }, { answerLoop }, { goTo }, { snoozeAgent }] = await Promise.all([
    import("../fleet/select"),
    import("../fleet/answer/loop"),
    import("../fleet/attach"),
    import("../fleet/snooze"),
  ]);
  const one = name === undefined ? null : await selectAgent(ctx, name, "answer");
  if (!ctx.terminal.interactive) throw new UserError("no terminal to ask on", { hint: `fleet answer ${name ?? "NAME"} yes|always|no|N|TEXT   (with --dry-run: what it asks, and its choices)` });
  const { git, tmux, store, now, env, out } = ctx;
  const { said } = await answerLoop({
    git, tmux, store, now, env, out, kinds,
    go: async (agent: Agent) => void (await goTo(tmux, ctx.env, agent)),
    snooze: (agent: Agent) => snoozeAgent(ctx, agent, "10m"),
  }, (agent) => one === null || agent.record.id === one.record.id);
  if (said !== "") out.done(said);
  return EXIT.done;
}
