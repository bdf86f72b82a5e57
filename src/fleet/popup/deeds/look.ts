// Looking: the change, the log, the details of an agent; its path; the keys.
import { ACTION_KEYS, type ActionKey, ATTEMPT_KEYS } from "../../../base/keys";
import { oneLine } from "../../../base/text";
import { setPasteBuffer } from "../../../ports/tmux/clients";
import { hold } from "../../../ui/hold";
import { renderTable } from "../../../ui/table";
import type { Deed } from "../doing";
import { forgetOrder, preview } from "../view";

const NO_MORE = "no more than this; any key goes back";

export const diff: Deed = async ({ git, agents, out, env }) => {
  const agent = agents[0]!;
  const [{ diffText }, { gitPager }, { showText }] = await Promise.all([import("../../diff"), import("../../../ports/git/diff"), import("../../../ports/pager")]);
  const text = await diffText(git, agent);
  if (text.trim() === "") return `${oneLine(agent.branch)} has changed nothing`;
  if (!(await showText(env, text, await gitPager(git, agent.record.main)))) await hold(out, NO_MORE);
};

export const logs: Deed = async (doing) => {
  const [{ agentLog }, { showText }] = await Promise.all([import("../../logs"), import("../../../ports/pager")]);
  const text = await agentLog(doing, doing.agents[0]!, { screen: false, colours: true });
  if (!(await showText(doing.env, text, logPager(doing.env)))) await hold(doing.out, NO_MORE);
};

/** less at the end of the log, unless the person has a pager of their own. */
function logPager(env: Record<string, string | undefined>): string {
  return env["PAGER"] || "less +G";
}

export const copyPath: Deed = async ({ tmux, agents, act }) => {
  const { worktree } = agents[0]!.record;
  await setPasteBuffer(tmux, worktree, act.client);
  return `✓ copied: ${oneLine(worktree)}`;
};

/** Looks again, in the order of a fresh list. */
export const renew: Deed = async ({ openView }) => {
  if (openView) forgetOrder(openView);
};

export const help: Deed = async ({ out, openView }) => {
  const table: readonly ActionKey[] = openView?.of === "attempts" ? ATTEMPT_KEYS : ACTION_KEYS;
  const rows = table.map((row) => ({ key: row.key, doc: `${row.doc}${row.on === "marked" ? "  (all that are marked)" : ""}` }));
  out.progress(`${keyLines(rows).join("\n")}\n`);
  await hold(out);
};

function keyLines(rows: { key: string; doc: string }[]): string[] {
  const plain = (_: unknown, text: string) => text;
  return renderTable(rows, [{ title: "key", cell: (row) => row.key }, { title: "does", cell: (row) => row.doc, last: true }], null, plain);
}

/** The preview of what is no screen. */
export const show: Deed = async (doing) => {
  const { openView, agents, git } = doing;
  const agent = agents[0]!;
  const mode = openView ? preview(openView) : "details";
  if (mode === "diff") return (await (await import("../../diff")).diffText(git, agent)) || `${oneLine(agent.branch)} has changed nothing`;
  if (mode === "output") return (await import("./compare")).outputOf(doing, agent) ?? "nothing was run in it yet: t runs a command in each";
  const { agentLog } = await import("../../logs");
  if (mode === "log") return agentLog(doing, agent, { screen: false, colours: true });
  if (mode === "screen") {
    const kept = await agentLog(doing, agent, { screen: true, colours: true }).catch(() => "");
    if (kept !== "") return kept;
  }
  return (await import("../details")).detailLines(agent, doing.store, doing.now() / 1000).join("\n");
};
