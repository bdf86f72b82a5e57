// The real programs, one after the other, in private tmux against the model stub: `kind event expected got ms` for each step.
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { startModelStub, type ModelStub } from "../../test/helpers/model-stub";
import { prepareHome, realAgents, type RealKind } from "../../test/helpers/real-agents";
import { REAL_KINDS, type RealFacts } from "./real-kinds";
import { type RealAgent, type RealStep, realSteps } from "./real-steps";
import { isRight, killBelow, killProgram, type Looked, type Row, run } from "./row";
import { makeRepo, makeRoot, makeStand, type Stand, type TestRepo } from "./stand";

/** How long a status is looked at that must not change, and one that has just become right. */
const STAYS_MS = 2_500;
const SETTLES_MS = 500;
const HAPPENS_MS = 60_000;
const GIVE_UP_MS = 8_000;

export interface RealOptions {
  fleet: string;
  tell(row: Row): void;
  /** Where the screen is kept after each step. */
  keep?: string | undefined;
  /** Only steps up to this one. */
  until?: string | undefined;
}

export async function measureReal(kind: RealKind, options: RealOptions): Promise<Row[]> {
  const facts = REAL_KINDS[kind];
  const [root, stub] = [makeRoot(), startModelStub()];
  const stand = makeStand(root, "s");
  const world = new World(kind, facts, stand, makeRepo(stand, join(root, "s", "repo"), 3), stub, options.fleet);
  const rows: Row[] = [];
  try {
    for (const step of realSteps(facts)) {
      const row = await world.take(step);
      rows.push(row);
      options.tell(row);
      if (options.keep) await world.keep(options.keep, rows.length, row);
      if (row.event === options.until) break;
    }
    return rows;
  } finally {
    await world.close();
    stub.stop();
    rmSync(root, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
  }
}

class World implements RealAgent {
  private branch = "";
  private id = "";
  private last: Looked | undefined;

  constructor(private readonly kind: RealKind, private readonly facts: RealFacts, private readonly stand: Stand, private readonly repo: TestRepo, private readonly stub: ModelStub, private readonly binary: string) {
    const home = stand.env["HOME"]!;
    Object.assign(stand.env, prepareHome(kind, home, repo.cwd, stub).env, facts.env);
    facts.adjust?.(home, repo.cwd);
    stand.env["PATH"] = [realAgents(kind), dirname(binary), stand.env["PATH"]].join(":");
    // The server was started before.
    for (const [name, value] of Object.entries(stand.env)) stand.tmux("set-environment", "-g", name, value);
  }

  name = () => this.branch;
  fleet = (...words: string[]) => run([this.binary, ...words], this.stand.env, this.repo.cwd);

  private async look(): Promise<Looked | undefined> {
    const all = JSON.parse(await this.fleet("list", "--all", "--json")) as Looked[];
    return (this.last = all.find(({ id, branch }) => (this.id ? id === this.id : branch === this.branch)));
  }

  private async pane(): Promise<string> {
    const pane = (await this.look())?.pane;
    if (!pane) throw new Error(`${this.branch} has no pane`);
    return pane;
  }

  async press(...keys: string[]): Promise<void> {
    // A dialog passes over keys in its first moments.
    await Bun.sleep(700);
    const pane = await this.pane();
    for (const key of keys) {
      this.stand.tmux("send-keys", "-t", pane, key);
      if (keys.length > 1) await Bun.sleep(150);
    }
  }

  async rests(): Promise<boolean> {
    for (let i = 0; i < 10; i++, await Bun.sleep(100)) if (!this.facts.busy.test(this.visible())) return true;
    return false;
  }

  async type(text: string): Promise<void> {
    this.stand.tmux("send-keys", "-l", "-t", await this.pane(), text);
    await Bun.sleep(700);
    await this.press("Enter");
  }

  async create(name: string, prompt?: string): Promise<void> {
    [this.branch, this.id] = [name, ""];
    await this.fleet("create", name, "-d", "-a", this.kind, ...(prompt === undefined ? [] : ["-p", prompt]), ...(this.facts.args.length > 0 ? ["--", ...this.facts.args] : []));
    this.id = (await this.look())!.id;
  }

  /** A folder that was trusted for a session alone is asked about again. */
  async start(): Promise<void> {
    await this.fleet("start", this.branch);
    const { ready, trust } = this.facts;
    const pane = await this.pane();
    await this.shows(pane, new RegExp(`${ready.source}${trust ? `|${trust.source}` : ""}`, "m"));
    if (trust?.test(this.visible())) {
      await this.press("Enter");
      await this.shows(pane, ready);
    }
  }

  /** As one would by hand: the pane has what every pane of the agent's session has in its environment. */
  async split(prompt: string): Promise<void> {
    const { pane, worktree } = (await this.look())!;
    const program = this.stand.tmux("split-window", "-d", "-P", "-F", "#{pane_id}", "-t", pane!, "-c", worktree, this.kind);
    const { ready, trust } = this.facts;
    await this.shows(program, new RegExp(`${ready.source}${trust ? `|${trust.source}` : ""}`, "m"));
    if (trust?.test(this.stand.tmux("capture-pane", "-p", "-t", program))) {
      await Bun.sleep(700);
      this.stand.tmux("send-keys", "-t", program, "Enter");
      await this.shows(program, ready);
    }
    this.stand.tmux("send-keys", "-l", "-t", program, prompt);
    await Bun.sleep(700);
    this.stand.tmux("send-keys", "-t", program, "Enter");
    await Bun.sleep(700);
  }

  renameSession = async () => void this.stand.tmux("rename-session", "-t", `=${(await this.look())!.session}`, "renamed by hand");

  async renameBranch(): Promise<void> {
    await run(["git", "-C", (await this.look())!.worktree, "branch", "-m", this.branch, `${this.branch}-renamed`], this.stand.env);
    this.branch = `${this.branch}-renamed`;
  }

  killServer = async () => void this.stand.tmux("kill-server");

  kill = async () => killProgram(await this.pane(), this.stand);

  killBelow = async (words: string) => killBelow(await this.pane(), words, this.stand);

  async slowly(act: () => Promise<unknown>): Promise<void> {
    this.stub.slow = HAPPENS_MS;
    await act();
  }

  async hurry(): Promise<void> {
    this.stub.slow = 0;
  }

  private visible(): string {
    return this.last?.pane == null ? "" : this.stand.tmux("capture-pane", "-p", "-J", "-t", this.last.pane);
  }

  private async shows(pane: string, pattern: RegExp): Promise<void> {
    await this.happens(String(pattern), () => pattern.test(this.stand.tmux("capture-pane", "-p", "-t", pane)));
  }

  private async happens(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
    const deadline = performance.now() + HAPPENS_MS;
    while (!(await holds())) {
      if (performance.now() > deadline) throw new Error(`${this.kind}: waited ${HAPPENS_MS / 1000} s in vain: ${what}\n${await this.screen()}`);
      await Bun.sleep(40);
    }
  }

  /** Act, and look until it is right and stays so for a moment. `ms`: from the event to the look that said so first. */
  async take({ event, act, expected, since, stays, before }: RealStep): Promise<Row> {
    const began = performance.now();
    let happened: number | undefined;
    const done = act(this).then(async () => {
      if (since === "got" || since === "sent") {
        await this.happens(`the model: ${since}`, () => this.stub.at[since] > began);
        happened = this.stub.at[since];
        return;
      }
      if (since === "ended") await this.happens("the turn's end", () => this.stub.at.answered > began && !this.facts.busy.test(this.visible()));
      else if (since) await this.happens(String(since), () => since.test(this.visible()));
      happened = performance.now();
    });
    // Whoever waits for it below is told.
    done.catch(() => {});
    let early: string | undefined;
    let [right, got, wrong]: [number | null, string, string | null] = [null, "no agent", null];
    for (;;) {
      if (stays) await done;
      const found = await this.look();
      const now = performance.now();
      got = found ? [found.status, found.reason].filter(Boolean).join(" ") : "no agent";
      if (!isRight(expected, got)) [right, wrong] = [null, got];
      else right ??= now;
      // What failed may be asked for again, several times.
      if (happened !== undefined && since === "sent" && right === null) happened = this.stub.at.sent;
      if (happened === undefined) {
        if (before && !before.test(got)) early ??= `${got}, before it happened`;
        await Promise.race([done, Bun.sleep(80)]);
        continue;
      }
      if (stays ? wrong !== null || now - happened > STAYS_MS : (right !== null && now - Math.max(right, happened) > SETTLES_MS) || now - happened > GIVE_UP_MS) break;
      await Bun.sleep(80);
    }
    await done;
    return { kind: this.kind, event, expected, got: early ?? (stays ? wrong : null) ?? got, ms: Math.max(0, Math.round((right ?? performance.now()) - happened)) };
  }

  private async screen(): Promise<string> {
    const pane = this.last?.pane;
    return pane ? this.stand.tmux("capture-pane", "-p", "-e", "-t", pane) : "";
  }

  async keep(directory: string, n: number, row: Row): Promise<void> {
    mkdirSync(join(directory, this.kind), { recursive: true });
    const file = join(directory, this.kind, `${String(n).padStart(2, "0")}-${row.event.replaceAll(/[^a-zA-Z0-9]+/g, "-")}`);
    const pane = this.last?.pane;
    if (!pane) return;
    writeFileSync(`${file}.txt`, this.stand.tmux("capture-pane", "-p", "-t", pane));
    writeFileSync(`${file}.json`, JSON.stringify({ row, look: this.last, title: this.stand.tmux("display-message", "-p", "-t", pane, "#{pane_title}") }, null, 1));
  }

  async close(): Promise<void> {
    // By id: what is left of it is ended with its processes.
    if (existsSync(this.repo.cwd)) await this.fleet("stop", "*").catch(() => "");
    this.stand.close();
  }
}

/** Of all programs, or of those named; what one can't be led through is told, and the next one comes. */
export async function measureAllReal(names: readonly string[], options: RealOptions): Promise<Row[]> {
  const rows: Row[] = [];
  for (const kind of (names.length > 0 ? names : Object.keys(REAL_KINDS)) as RealKind[]) {
    try {
      rows.push(...(await measureReal(kind, options)));
    } catch (error) {
      const row = { kind, event: "was led on", expected: "no failure", got: String((error as Error).message).split("\n")[0]!, ms: 0 };
      console.error(error);
      options.tell(row);
      rows.push(row);
    }
  }
  return rows;
}
