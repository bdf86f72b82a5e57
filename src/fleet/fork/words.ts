// What an agent's program keeps of its conversation: what a copy of it is made from, and whether there is anything yet.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { AgentRecord } from "../../base/model";
import type { ResolvedKind } from "../../kinds/index";
import type { Forked } from "../../kinds/kind";
import type { Store } from "../../ports/store";
import { findConversation } from "../conversation";
import { agentDirectory, type Launch } from "../launch";
import { findFiles, openSearch, realPath } from "../tokens/files";
import { ownerOf } from "../tokens/ledger";
import { readOverview } from "../tokens/overview";
import { forkConversation } from "./plan";

interface WordsPorts {
  store: Store;
  env: Record<string, string | undefined>;
  now(): number;
}

/** What is known of an agent's conversation: its id as its program reports or keeps it, and its newest transcript. */
export function forkedOf({ store, env, now }: WordsPorts, record: AgentRecord, kind: ResolvedKind): Forked {
  const directory = agentDirectory(store, record.id);
  const inside = { ...env, ...kind.env };
  const told = readText(join(directory, "conversation")) ?? record.conversation;
  const conversation = told ?? (kind.builtIn === undefined ? null : findConversation(inside, kind.builtIn, record.worktree, record.adopted ? 0 : Date.parse(record.created) || 0));
  const { transcript } = kind;
  if (transcript?.is !== "lines") return { conversation, file: null, directory };
  const owner = { ...ownerOf(record, realPath(record.worktree), null), ...(record.adopted ? { created: 0 } : {}) };
  const files = findFiles(openSearch(readOverview(store.home), now(), () => false), transcript, inside, owner).sort((a, b) => b.mtime - a.mtime);
  // Files of a conversation have its id, or the beginning of it, in their names; those below a directory of that name are of sub-agents.
  const own = files.map(({ path }) => path).filter((path) => !path.includes("/subagents/"));
  if (told === null) return { conversation, file: own[0] ?? null, directory };
  return { conversation, file: own.find((path) => path.split("/").slice(-2).join("/").includes(told.slice(0, 8))) ?? null, directory };
}

/**
 * How an agent is started again whose conversation never began: a program refuses to take up what it has not kept. null where it has
 * begun, or nobody can tell. A fork begins with the words of the first agent once more, while that is there.
 */
export function beginAgain(ports: WordsPorts, record: AgentRecord, kind: ResolvedKind): Pick<Launch, "begin"> | null {
  if (!kind.picksConversation || kind.transcript?.is !== "lines") return null;
  const { conversation, file, directory } = forkedOf(ports, record, kind);
  const prompted = ["prompt", "sent"].some((name) => existsSync(join(directory, name)));
  if (conversation === null || file !== null || prompted) return null;
  const source = ports.store.agents().find(({ id }) => id === record.forkOf);
  const again = source && forkConversation(kind, kind, forkedOf(ports, source, kind));
  return again && "begin" in again ? { begin: again.begin } : {};
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, "utf8").trim() || null;
  } catch {
    return null;
  }
}
