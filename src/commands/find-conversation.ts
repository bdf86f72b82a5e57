import { defineCommand } from "../context";

export default defineCommand({
  name: "find-conversation",
  group: "Internal",
  internal: true,
  summary: "print the id of the last conversation that a program held in a directory",
  args: [{ name: "kind", doc: "a built-in kind" }, { name: "directory", doc: "where it was held" }, { name: "since", doc: "not before, in milliseconds since 1970" }],
  flags: {},
  examples: [],
  async run(ctx, { args }) {
    const { findConversation } = await import("../fleet/conversation");
    const id = findConversation(ctx.env, args.kind, args.directory, Number(args.since) || 0);
    if (id === null) return 1;
    ctx.out.answer(id);
    return 0;
  },
});
