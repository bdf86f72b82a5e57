import { JSON_FLAG } from "../base/command";
import { defineCommand } from "../context";
import { VERSION } from "../base/version";

export default defineCommand({
  name: "version",
  group: "Set up",
  summary: "print fleet's version",
  args: [],
  flags: { json: JSON_FLAG },
  examples: [{ run: "fleet version", does: "print the version of this binary" }],
  async run(ctx, { flags }) {
    if (flags.json) ctx.out.json({ version: VERSION });
    else ctx.out.answer(`fleet ${VERSION}`);
  },
});
