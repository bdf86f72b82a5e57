// What an adoption must know: the worktree, the sessions that stand in it, and what runs in them.
import { realpathSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { UserError } from "../../base/errors";
import type { Base, Repo } from "../../base/model";
import { KINDS, kindNames, type ResolvedKind, resolveKind } from "../../kinds/index";
import { mainBranch, mergeBase, resolveBase } from "../../ports/git/branches";
import type { Git } from "../../ports/git/call";
import { checkoutAbove, findRepo } from "../../ports/git/repo";
import type { Store } from "../../ports/store";
import { standingPanes } from "../../ports/tmux/adopted";
import type { Tmux } from "../../ports/tmux/call";
import { findConversation } from "../conversation";
import { newId } from "../naming";
import { readNotes } from "../notes";
import { pathWithProgram } from "../programs";
import { loadSettings, type Settings } from "../settings";
import { findFiles, openSearch, realPath } from "../tokens/files";
import { readOverview } from "../tokens/overview";
import { type AdoptFacts, type AdoptPlan, type AdoptRequest, meantBy, type PaneSeen, placeOfSession, planAdopt } from "./plan";
import { programsUnder } from "./recognise";

export interface AdoptPorts {
  git: Git;
  tmux: Tmux;
  store: Store;
  env: Record<string, string | undefined>;
  cwd: string;
  now(): number;
  out: { warn(message: string, hint?: string): void };
}

export interface AdoptWish {
  /** A directory, or a session by name or id; undefined: where one stands. */
  place: string | undefined;
  kind: string | undefined;
  base: string | undefined;
  ownSession: boolean;
  fresh: boolean;
  args: readonly string[];
}

export interface Adoption {
  plan: AdoptPlan;
  kind: ResolvedKind;
}

/** Look, and decide. Throws UserError. */
export async function prepareAdopt(ports: AdoptPorts, wish: AdoptWish): Promise<Adoption> {
  const { git, tmux, store, cwd, env } = ports;
  const standing = await standingPanes(tmux);
  const meant = wish.place === undefined ? "path" : meantBy(wish.place, isDirectory(resolve(cwd, wish.place)), standing);
  const agents = store.agents();
  const places = standing.map((pane): PaneSeen => ({ ...pane, checkout: checkoutOf(pane.path), program: null }));
  const session = meant === "path" ? null : meant.session;
  const path = session === null ? resolve(cwd, wish.place ?? ".") : placeOfSession(places, session, agents);
  const repo = await findRepo(git, path);
  if (!repo) throw new UserError(`not in a git repository: ${path}`, { hint: "git worktree list" });
  const settings = await loadSettings({ home: store.home, main: repo.main, common: repo.common, userHome: env["HOME"] ?? "" }, ports.out.warn);
  const named = wish.kind === undefined ? null : resolveKind(wish.kind, settings.kinds);
  const request: AdoptRequest = { session, kind: named?.name ?? null, baseGiven: wish.base !== undefined, ownSession: wish.ownSession, fresh: wish.fresh, args: wish.args };
  const panes = await withPrograms(places, repo, named === null ? plainKinds(settings) : [named], env);
  const base = await baseOf(git, repo, wish.base, settings.values["create.base"]);
  const facts: AdoptFacts = {
    id: newId(new Set(agents.map(({ id }) => id))),
    repo,
    base,
    mergeBase: repo.head === null ? null : await mergeBase(git, repo.top, repo.head, base.commit),
    panes,
    callerSession: standing.find(({ pane }) => pane === env["TMUX_PANE"])?.session ?? null,
    agents,
    defaultKind: settings.values["agent.default"],
    hasConversation: false,
    socket: tmux.socket,
    path: env["PATH"] ?? "",
    now: new Date(ports.now()).toISOString(),
  };
  const plan = planAdopt(request, facts);
  const kind = resolveKind(plan.record.kind, settings.kinds);
  if (plan.pane !== null) return { plan, kind };
  // What is to be started must be there, and may have a conversation to take up.
  const [program, hasConversation] = [await pathWithProgram(kind, env, store), beganHere(store, kind, env, repo.top, ports.now())];
  const again = planAdopt(request, { ...facts, hasConversation, path: program });
  if (again.first && kind.picksConversation) again.record.conversation = crypto.randomUUID();
  return { plan: again, kind };
}

/** In a foreign program's directory, which may be gone, or another person's. */
function checkoutOf(path: string): string | null {
  try {
    return checkoutAbove(realpathSync(path));
  } catch {
    return null;
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Variants of a built-in kind run the same program: which of them it is, only the person can say. */
function plainKinds(settings: Settings): ResolvedKind[] {
  const builtIn = new Set(KINDS.map(({ name }) => name));
  return kindNames(settings.kinds).filter((name) => builtIn.has(name) || settings.kinds[name]?.command !== undefined).map((name) => resolveKind(name, settings.kinds));
}

async function withPrograms(panes: readonly PaneSeen[], repo: Repo, kinds: readonly ResolvedKind[], env: AdoptPorts["env"]): Promise<PaneSeen[]> {
  const running = await programsUnder(panes.filter(({ checkout, agent }) => checkout === repo.top && agent === "").map(({ pid }) => pid), kinds);
  return panes.map((pane) => {
    const found = pane.checkout === repo.top ? running.get(pane.pid) : undefined;
    return found ? { ...pane, program: { kind: found.kind.name, root: found.root, conversation: conversationOf(found.kind, found.pid, env) } } : pane;
  });
}

/** As the program notes it of itself. */
function conversationOf(kind: ResolvedKind, pid: number, env: AdoptPorts["env"]): string | null {
  const notes = kind.notes ? readNotes(kind.notes, { ...env, ...kind.env }) : [];
  return notes.find((note) => note.pid === pid && /^[\w-]{1,100}$/.test(note.conversation))?.conversation ?? null;
}

/** Said, configured, or where the main checkout is; a branch that is its own base starts here. Throws UserError. */
async function baseOf(git: Git, repo: Repo, asked: string | undefined, configured: string): Promise<Base> {
  if (asked !== undefined) return resolveBase(git, repo.top, asked);
  const here = { branch: null, commit: repo.head ?? "" };
  if (configured && configured !== repo.branch) return resolveBase(git, repo.top, configured);
  const name = await mainBranch(git, repo.common);
  return name === null || name === repo.branch ? here : resolveBase(git, repo.top, name).catch(() => here);
}

/** Whether a conversation of this kind's program was begun in that worktree. */
function beganHere(store: Store, kind: ResolvedKind, env: AdoptPorts["env"], worktree: string, now: number): boolean {
  const inside = { ...env, ...kind.env };
  if (kind.builtIn === undefined) return false;
  if (kind.conversations) return findConversation(inside, kind.builtIn, worktree, 0) !== null;
  const { transcript } = kind;
  if (transcript?.is !== "lines") return false;
  const owner = { id: "", branch: "", kind: kind.name, batch: null, repo: "", main: "", worktree: realPath(worktree), created: 0, ended: null };
  return findFiles(openSearch(readOverview(store.home), now, () => false), transcript, inside, owner).length > 0;
}
