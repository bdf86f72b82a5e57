import { defineCommand } from "../context";

export default defineCommand({
  name: "purge",
  group: "Internal",
  summary: "empty the trash of what is over its limits",
  args: [],
  flags: {},
  examples: [{ run: "fleet purge", does: "remove what trash.keep and trash.max no longer allow" }],
  internal: true,
  async run(ctx) {
    const [{ purgeTrash }, { loadSettings }] = await Promise.all([import("../fleet/purge"), import("../fleet/settings")]);
    const { values } = await loadSettings({ home: ctx.store.home, main: null, common: null, userHome: ctx.env["HOME"] ?? "" }, ctx.out.warn);
    await purgeTrash(ctx, { days: values["trash.keep"], bytes: values["trash.max"] * 1024 ** 3 }, ctx.now());
  },
});
