import { defineCommand } from "../context";

export default defineCommand({
  name: "demo-agent",
  group: "Internal",
  internal: true,
  summary: "run the demo agent in this terminal",
  doc:
    "A scripted agent for trying fleet and for its tests: the program of the kind `demo`. A line of a prompt such as `work 2`, `write a.txt hello`, " +
    "`commit Add a.txt` or `ask May I go on?` acts; a prompt without such a line is written to a file and committed.",
  args: [{ name: "prompt", doc: "the first prompt", optional: true }],
  flags: {
    conversation: { type: "string", value: "ID", doc: "keep the conversation under this id" },
    from: { type: "string", value: "FILE", doc: "begin with what was said in that conversation" },
    resume: { type: "string", value: "ID", doc: "take up the conversation of this id" },
  },
  examples: [{ run: "fleet create try-it -a demo -p 'work 2'", does: "have it work for two seconds, on a branch of its own" }],
  async run(ctx, { args, flags }) {
    const { startDemoAgent } = await import("../demo/start");
    return startDemoAgent({ prompt: args.prompt, ...flags }, ctx.cwd, ctx.env);
  },
});
