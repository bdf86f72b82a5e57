import { DRY_RUN_FLAG, JSON_FLAG } from "../base/command";
import { UsageError } from "../base/errors";
import type { AgentRecord, Repo } from "../base/model";
import { oneLine, shellWord } from "../base/text";
import { type Context, defineCommand } from "../context";
import type { CreateWish } from "../fleet/create/create";
import type { Early } from "../fleet/create/facts";
import type { readOwn } from "../fleet/settings";

type OwnFile = Awaited<ReturnType<typeof readOwn>>;

const BRANCH_DOC = "the new branch, and the agent's name";

export default defineCommand({
  name: "create",
  group: "Work",
  summary: "start an agent on a new branch, in its own worktree and session",
  doc: `The branch starts at the branch of the checkout one stands in; inside an agent's worktree, at that agent's base.
Nothing is fetched. Copies (.env and the like), setup commands and the program follow one another in the agent's pane.
When a step fails, or on Ctrl-C, everything that this call made is undone.

--issue and --pr read through gh for GitHub and glab for GitLab. An issue's number and title name the branch where none is given; its words
reach the agent as whoever wrote them left them. --pr fetches the request's branch, a fork's too, and starts with no prompt but -p; its base
is the request's target, and fleet pr later brings the new commits to that request. The branch has its own name here, but for a fork's that
is called like the target: OWNER/NAME.`,
  args: [{ name: "branch", doc: BRANCH_DOC, optional: true }],
  flags: {
    prompt: { type: "string", short: "p", value: "TEXT", doc: "the first prompt" },
    file: { type: "string", short: "f", value: "FILE", doc: "read the prompt from FILE, or from stdin with -", completes: "file" },
    edit: { type: "boolean", short: "e", doc: "write the prompt in $EDITOR" },
    agent: { type: "string", short: "a", value: "KIND", doc: "the program: a built-in kind, or one of the config", completes: "kind" },
    base: { type: "string", short: "b", value: "REF", doc: "start from REF; . means what is checked out here", completes: "branch" },
    fetch: { type: "boolean", doc: "fetch the base's remote first" },
    existing: { type: "boolean", doc: "use a branch that exists, here or on a remote" },
    issue: { type: "string", value: "N", doc: "the prompt is this issue's title and body; -p adds to it" },
    pr: { type: "string", value: "N", doc: "work on the branch of this pull or merge request" },
    "no-setup": { type: "boolean", doc: "skip the setup commands" },
    attach: { type: "boolean", doc: "go to the agent's session at once" },
    detach: { type: "boolean", short: "d", doc: "return as soon as the session is there" },
    keep: { type: "boolean", doc: "when setup or the program fails, leave all as it is" },
    "dry-run": DRY_RUN_FLAG,
    json: JSON_FLAG,
  },
  rest: { name: "ARGS", doc: "arguments for the program" },
  examples: [
    { run: "fleet create login-form -p 'Add a login form'", does: "start the default kind on a new branch" },
    { run: "fleet create fix-ci -a codex -f task.md -d", does: "start codex with a prompt from a file, in the background" },
    { run: "fleet create --issue 12 -p 'Begin with a test'", does: "on a branch such as 12-fix-the-login" },
    { run: "fleet create --pr 7 -p 'Settle the conflicts'", does: "take up a pull request" },
    { run: "fleet create part-two -b . -- --model opus", does: "stack on the branch checked out here; the program gets --model opus" },
  ],
  async run(ctx, { args, flags, rest }) {
    const forge = flags.issue !== undefined || flags.pr !== undefined;
    if (args.branch === undefined && !forge) throw new UsageError(`missing: branch, ${BRANCH_DOC}`);
    // git answers while the rest is loaded: spawns first, imports after.
    const here = ctx.findRepo();
    here.catch(() => {});
    const [{ readPrompt }, { interruptSignal }, create, { askEarly }] = await Promise.all([
      import("../fleet/prompt-text"),
      import("../ports/interrupt"),
      import("../fleet/create/create"),
      import("../fleet/create/facts"),
    ]);
    const asked = flags.fetch || args.branch === undefined ? null : askEarly(ctx.git, ctx.cwd, args.branch);
    const own = readOwnEarly(ctx);
    own.catch(() => {});
    const prompt = await readPrompt(ctx, flags);
    const repo = await standingRepo(ctx);
    const seed = forge ? await (await import("../fleet/forge/from-forge")).seedOf(ctx, repo, { ...flags, branch: args.branch, prompt }) : null;
    const branch = args.branch ?? seed!.branch;
    if (flags.fetch && !seed?.base) await create.fetchBase(ctx.git, repo, flags.base);
    // Asked beside the work, because git looks at every file for it: 15 ms for 10,000.
    const standing = flags.base || seed?.base ? null : create.askStanding(ctx.git, repo);
    const early = asked && (await here) ? asked : askEarly(ctx.git, repo.top, branch);
    const wish = { ...(await wishOf(ctx, repo, branch, { ...flags, prompt, rest, early, own })), ...seed?.wish(early) };
    await warnOfUnusedPrompt(ctx, wish);
    const plan = await create.prepareCreate(ctx, wish, ctx.terminal.interactive ? () => confirmExisting(branch) : undefined);
    if (flags["dry-run"]) {
      for (const note of await create.standingNotes(standing, plan, wish)) ctx.out.note(note);
      return [...(seed ? [seed.line] : []), ...create.planLines(plan, wish)].forEach((line) => ctx.out.answer(line));
    }

    const { openProgress } = await import("../ui/progress");
    const progress = openProgress(ctx.terminal, ctx.out, plan.record.branch);
    const watch = { ...progress, signal: interruptSignal() };
    try {
      await seed?.begin(plan);
      const [created] = await Promise.all([
        create.carryOut(ctx, plan, wish, ctx.terminal.size() ?? { columns: 160, rows: 48 }, watch),
        create.standingNotes(standing, plan, wish).then((notes) => notes.forEach(watch.note)),
      ]);
      if (!flags.detach && !flags.attach) await create.watchStart(ctx, plan, { ...watch, keep: flags.keep });
      progress.end();
      await tell(ctx, plan.record, flags, created!.name);
      (await import("../fleet/leave-purge")).leavePurge(ctx.store.home, ctx.git.env, false);
      if (!flags.attach) return;
      const { attachTo } = await import("../fleet/attach");
      return await attachTo(ctx.tmux, ctx.env, created!.session);
    } catch (error) {
      await seed?.takeBack();
      throw error;
    } finally {
      progress.end();
    }
  },
});

/** The repo one stands in; on a terminal outside of any, one of the repos that agents work in. */
async function standingRepo(ctx: Context): Promise<Repo> {
  const found = await ctx.findRepo();
  const known = [...new Set(ctx.store.agents().map((agent) => agent.main))];
  if (found || known.length === 0 || !ctx.terminal.interactive) return ctx.repo();
  const { choose } = await import("../ui/ask");
  const main = await choose("Not in a repository. Which one?", known.map((path) => ({ value: path, label: path })));
  const { findRepo } = await import("../ports/git/repo");
  return (await findRepo(ctx.git, main)) ?? ctx.repo();
}

interface WishFlags {
  prompt: string | null;
  agent: string | undefined;
  base: string | undefined;
  existing: boolean;
  "no-setup": boolean;
  rest: string[];
  early: Early;
  own: Promise<OwnFile>;
}

/** The person's config is read while git answers. */
async function readOwnEarly(ctx: Context): Promise<OwnFile> {
  const { readOwn } = await import("../fleet/settings");
  return readOwn({ home: ctx.store.home, userHome: ctx.env["HOME"] ?? "" });
}

async function wishOf(ctx: Context, repo: Repo, branch: string, flags: WishFlags): Promise<CreateWish> {
  const [{ loadGround }, { resolveKind }] = await Promise.all([import("../fleet/create/ground"), import("../kinds/index")]);
  const { settings, setup } = await loadGround(ctx, repo, flags["no-setup"], flags.own);
  const kind = resolveKind(flags.agent ?? settings.values["agent.default"], settings.kinds);
  return {
    branch,
    prompt: flags.prompt,
    existing: flags.existing,
    batch: null,
    args: flags.rest,
    repo,
    kind,
    extra: [...kind.flags, ...flags.rest],
    settings,
    base: flags.base,
    early: flags.early,
    setup,
  };
}

/** A custom command without {prompt} has no place for one. */
async function warnOfUnusedPrompt(ctx: Context, { kind, prompt, branch }: CreateWish): Promise<void> {
  const { takesPrompt } = await import("../kinds/index");
  if (prompt === null || takesPrompt(kind.launch({ conversation: null, extra: [], fleet: "", directory: "", worktree: "", prompted: true }))) return;
  ctx.out.warn(`the command of ${oneLine(kind.name)} has no {prompt}: the prompt is kept, and not given to it`, `fleet prompt ${shellWord(branch)} TEXT`);
}

async function confirmExisting(branch: string): Promise<boolean> {
  const { confirm } = await import("../ui/ask");
  return confirm(`The branch ${oneLine(branch)} exists. Work on it?`);
}

async function tell(ctx: Context, record: AgentRecord, flags: { json: boolean; attach: boolean; detach: boolean }, session: string): Promise<void> {
  const name = shellWord(record.branch);
  if (flags.json) return ctx.out.json({ id: record.id, branch: record.branch, kind: record.kind, worktree: record.worktree, session, pr: record.request?.number ?? null, issue: record.issue ?? null });
  ctx.out.done(`${flags.detach ? "started" : "at work"}: ${oneLine(record.branch)} (${record.kind}) in ${record.worktree}`);
  if (!flags.attach) ctx.out.hint(`fleet attach ${name}   ·   fleet logs ${name} --screen`);
}
