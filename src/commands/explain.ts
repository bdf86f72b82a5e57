import { JSON_FLAG } from "../base/command";
import { defineCommand } from "../context";

export default defineCommand({
  name: "explain",
  group: "Look",
  summary: "say why an agent has the status that it has",
  doc: `Every piece of evidence with its age, and which of them won: what the program's hooks told, what it notes of itself, its pane's
title, its screen, its processes.`,
  args: [{ name: "name", doc: "the agent", optional: true, completes: "agent" }],
  flags: { json: JSON_FLAG },
  examples: [{ run: "fleet explain login-form", does: "see what a status rests on" }],
  async run(ctx, { args, flags }) {
    const [{ selectAgent }, { explain, explainLines }] = await Promise.all([import("../fleet/select"), import("../fleet/explain")]);
    const agent = await selectAgent(ctx, args.name, "explain");
    const explained = await explain(ctx, agent);
    if (flags.json) return ctx.out.json(explained);
    for (const line of explainLines(explained, ctx.now() / 1000)) ctx.out.answer(line);
  },
});
