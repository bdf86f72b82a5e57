import { JSON_FLAG } from "../base/command";
import { defineCommand } from "../context";
import { JSON_VERSION, VERSION } from "../base/version";

export default defineCommand({
  name: "version",
  group: "Set up",
  summary: "print fleet's version",
  args: [],
  flags: { json: JSON_FLAG },
  examples: [
    { run: "fleet version", does: "print the version of this binary" },
    { run: "fleet version --json", does: "with the version of what --json prints" },
  ],
  async run(ctx, { flags }) {
    if (flags.json) ctx.out.json({ version: VERSION, json: JSON_VERSION });
    else ctx.out.answer(`fleet ${VERSION}`);
  },
});
