import { DRY_RUN_FLAG, JSON_FLAG } from "../base/command";
import { UsageError } from "../base/errors";
import { visible } from "../base/text";
import { type Context, defineCommand } from "../context";

export default defineCommand({
  name: "skill",
  group: "Set up",
  summary: "print or install a skill file that teaches an agent to use fleet",
  doc: `A SKILL.md as Claude Code, Codex, Gemini CLI, Copilot and others read it: what an agent is told about itself, how it starts, waits for, reads
and answers others, what it may not do, exit codes. It is made of fleet's own tables: after an update, install it again.

install writes it where you say, and nowhere else: into PATH/fleet/SKILL.md where PATH is a directory of skills, else to the file PATH. What fleet
wrote before is replaced; another file, or one that was edited since, only with --force. An agent may print it, not install it.`,
  args: [
    { name: "action", doc: "what to do (default: show)", optional: true, choices: ["show", "install"] },
    { name: "path", doc: "of install: a directory of skills, or a file", optional: true, completes: "file" },
  ],
  flags: { force: { type: "boolean", doc: "of install: replace a file that fleet did not write" }, "dry-run": DRY_RUN_FLAG, json: JSON_FLAG },
  examples: [
    { run: "fleet skill", does: "read it" },
    { run: "fleet skill install ~/.claude/skills", does: "for Claude Code, in every repository" },
    { run: "fleet skill install .agents/skills", does: "for the programs that read .agents/skills, in this repository" },
  ],
  changes: ({ args }) => args.action === "install",
  async run(ctx, { args, flags }) {
    const action = args.action ?? "show";
    if (action !== "show" && action !== "install") throw new UsageError(`no such action: ${visible(action)}`, { hint: "fleet skill install PATH" });
    const { skillText, skillOrigin } = await import("../reference/skill");
    const text = skillText(await ctx.commands(), sum);
    if (action === "show") {
      if (args.path !== undefined || flags.force || flags["dry-run"]) throw new UsageError("a path, --force and --dry-run are for install", { hint: "fleet skill install PATH" });
      return flags.json ? ctx.out.json({ text }) : ctx.out.raw(text);
    }
    if (args.path === undefined) throw new UsageError("install where? give a directory of skills", { hint: "fleet skill install ~/.claude/skills" });
    await refuseAgent(ctx);
    const { planSkill, skillFacts, skillPath, writeSkill } = await import("../fleet/skill");
    const plan = planSkill(skillFacts(skillPath(args.path, ctx.cwd)), text, (there) => skillOrigin(there, sum), flags.force);
    if (flags["dry-run"]) return ctx.out.answer(plan.line);
    if (plan.over !== null) ctx.out.warn(`--force replaces a file (${plan.over}): ${visible(plan.path)}`);
    writeSkill(plan, text);
    if (flags.json) ctx.out.json({ path: plan.path, did: DID[plan.does] });
    if (plan.does === "nothing") ctx.out.note(`there already: ${visible(plan.path)}`);
    else ctx.out.done(`${DID[plan.does]}: ${visible(plan.path)}`);
  },
});

const DID = { write: "written", replace: "replaced", nothing: "unchanged" } as const;

async function refuseAgent(ctx: Context): Promise<void> {
  const { insideAgent } = await import("../fleet/approval");
  if (!(await insideAgent(ctx))) return;
  const { UserError } = await import("../base/errors");
  throw new UserError("an agent can't install what other agents read", { hint: "fleet skill show   (a person installs it, in a terminal outside of any agent)" });
}

function sum(text: string): string {
  return new Bun.CryptoHasher("sha256").update(text).digest("hex").slice(0, 16);
}
