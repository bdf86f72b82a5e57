// Approval of a repo's .ai_fleet.toml: a person sees what it would do and says yes, once for each content.
import { UserError } from "../base/errors";
import { shellWord, visible } from "../base/text";
import type { Store } from "../ports/store";
import type { Terminal } from "../ports/terminal";
import type { Tmux } from "../ports/tmux/call";
import { agentOfCaller } from "../ports/tmux/caller";
import type { Out } from "../ui/out";
import { approve } from "./approved";
import type { RepoFile, Settings } from "./settings";

export interface ApprovalMeans {
  env: Record<string, string | undefined>;
  terminal: Pick<Terminal, "interactive">;
  tmux: Tmux;
  store: Pick<Store, "home">;
  out: Pick<Out, "note" | "progress" | "done">;
  /** Asks yes or no; replaceable for tests. */
  confirm?: (question: string) => Promise<boolean>;
}

/**
 * Return once the repo's file may act; remember the approval. Nothing happens where nothing needs one.
 * Throws UserError without a terminal, inside an agent's session, and on No; Cancelled on Esc and Ctrl-C.
 */
export async function requireApproval(means: ApprovalMeans, repo: { common: string; main: string }, settings: Pick<Settings, "repoFile">): Promise<void> {
  const file = settings.repoFile;
  if (!file || file.approved || file.acts.length === 0) return;
  const command = `fleet -C ${shellWord(repo.main)} config approve`;
  const detail = file.acts.join("\n");
  if (!means.terminal.interactive) throw new UserError(`not approved: ${visible(file.path)}`, { detail, hint: `${command}   (in a terminal)` });
  if (await insideAgent(means)) {
    throw new UserError(`an agent can't approve what a repository runs: ${visible(file.path)}`, { detail, hint: `in a terminal outside of any agent: ${command}` });
  }
  means.out.note(`${visible(file.path)} wants to, for each new worktree:`);
  for (const line of file.acts) means.out.progress(`  ${line}\n`);
  const confirm = means.confirm ?? (await import("../ui/ask")).confirm;
  if (!(await confirm("Let it? (Remembered until the file changes.)"))) throw declined(file);
  await approve(means.store.home, repo.common, file.hash);
  means.out.done(`approved: ${visible(file.path)}`);
}

function declined(file: RepoFile): UserError {
  return new UserError(`not approved: ${visible(file.path)}`, { hint: "fleet create NAME --no-setup goes on without it" });
}

/** true when this process runs in an agent's session. tmux that does not answer throws: then nobody knows. */
export async function insideAgent(means: Pick<ApprovalMeans, "env" | "tmux">): Promise<boolean> {
  return Boolean(means.env["FLEET_ID"]) || (await agentOfCaller(means.tmux, means.env)) !== null;
}
