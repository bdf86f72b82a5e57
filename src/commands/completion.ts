import { UsageError } from "../base/errors";
import { defineCommand } from "../context";

export default defineCommand({
  name: "completion",
  group: "Set up",
  summary: "print the completion script of a shell",
  doc: "The script completes commands, flags, agents, kinds and branches, for fleet and for flt. It asks fleet for names when Tab is pressed.",
  args: [{ name: "shell", doc: "bash, zsh or fish", optional: true, choices: ["bash", "zsh", "fish"] }],
  flags: {
    values: {
      type: "string",
      value: "WHAT",
      choices: ["agent", "kind", "branch", "batch", "key"],
      doc: "print candidates instead, one a line; the scripts call this",
    },
  },
  examples: [
    { run: 'eval "$(fleet completion bash)"', does: "complete in this bash; put the line into ~/.bashrc to keep it" },
    { run: 'eval "$(fleet completion zsh)"', does: "the same for zsh, in ~/.zshrc after compinit" },
    { run: "fleet completion fish > ~/.config/fish/completions/fleet.fish", does: "complete in fish from now on" },
  ],
  async run(ctx, { args, flags }) {
    if (flags.values !== undefined) {
      const { completionValues } = await import("../fleet/completion-values");
      const values = await completionValues(ctx, flags.values);
      if (values.length) ctx.out.answer(values.join("\n"));
      return;
    }
    switch (args.shell) {
      case "bash":
        return ctx.out.raw((await import("../reference/completions/bash")).bashCompletion(await ctx.commands()));
      case "zsh":
        return ctx.out.raw((await import("../reference/completions/zsh")).zshCompletion(await ctx.commands()));
      case "fish":
        return ctx.out.raw((await import("../reference/completions/fish")).fishCompletion(await ctx.commands()));
      default:
        throw new UsageError("which shell? bash, zsh or fish", { hint: "fleet completion bash" });
    }
  },
});
