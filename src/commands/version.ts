import { defineCommand } from "../context";
import { VERSION } from "../base/version";

export default defineCommand({
  name: "version",
  group: "Set up",
  summary: "print fleet's version",
  args: [],
  flags: {},
  examples: [{ run: "fleet version", does: "print the version of this binary" }],
  async run(ctx) {
    ctx.out.answer(`fleet ${VERSION}`);
  },
});
