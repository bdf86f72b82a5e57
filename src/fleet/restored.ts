// Beside tmux-resurrect and tmux-continuum: a session that they brought back under an agent's name is the agent's, and no second one.
import { scanProcesses, treeOf } from "../ports/metrics";
import type { Store } from "../ports/store";
import type { Tmux } from "../ports/tmux/call";
import { type ForeignPane, foreignPanes, tagPane, takePane } from "../ports/tmux/restored";
import { followTitles, type Launch, sessionSpec, writeRecord } from "./launch";

const SHELLS = new Set(["sh", "bash", "zsh", "fish", "dash", "ash", "ksh", "mksh", "tcsh", "csh", "nu", "elvish", "xonsh"]);

/**
 * The pane of a session that was brought back for this agent: it has the agent's name, one pane, and in that an idle shell in the
 * agent's worktree. Anything else of that name is somebody's, and is left alone. Pure.
 */
export function restoredPane(panes: readonly ForeignPane[], record: { session: string; worktree: string }): ForeignPane | null {
  const isNamed = (name: string) => name === record.session || (name.startsWith(`${record.session}-`) && /^\d+$/.test(name.slice(record.session.length + 1)));
  const within = (path: string) => path === record.worktree || path.startsWith(`${record.worktree}/`);
  const found = panes.filter((pane) => isNamed(pane.sessionName) && panes.filter(({ session }) => session === pane.session).length === 1);
  return found.find((pane) => SHELLS.has(pane.command) && within(pane.path)) ?? null;
}

/** Start the agent in the session that was brought back for it; false where there is none. */
export async function takeRestored(tmux: Tmux, store: Store, launch: Launch): Promise<boolean> {
  const pane = restoredPane(await foreignPanes(tmux), launch.record);
  if (!pane) return false;
  // A shell that has started anything is somebody's at work.
  if (treeOf([pane.pid], await scanProcesses({ roots: [pane.pid] })).length > 1) return false;
  writeRecord(store, launch.record);
  if (!(await takePane(tmux, pane, sessionSpec(store, launch, pane.sessionName)))) return false;
  await followTitles(tmux, pane.pane, launch, store.home);
  return true;
}

/** The pane in which the agent's own script runs, in a session that is not known as the agent's: resurrect may start what ran there. */
export async function paneOfWrapper(tmux: Tmux, wrapper: number): Promise<ForeignPane | null> {
  const panes = await foreignPanes(tmux);
  if (panes.length === 0) return null;
  const table = await scanProcesses({ roots: panes.map(({ pid }) => pid) });
  return panes.find(({ pid }) => treeOf([pid], table).some((row) => row.pid === wrapper)) ?? null;
}

/** Make that session the agent's: its program runs already, and is not started again. */
export async function tagRestored(tmux: Tmux, store: Store, launch: Launch, pane: ForeignPane): Promise<void> {
  const spec = sessionSpec(store, launch, pane.sessionName);
  const running = launch.kind.reports || launch.kind.readScreen ? "starting" : "unknown";
  await tagPane(tmux, pane, { ...spec, options: { ...spec.options, status: running, step: "" } });
  await followTitles(tmux, pane.pane, launch, store.home);
}
