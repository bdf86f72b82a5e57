// Which agent program runs under a pane, known by its command line.
import { basename } from "node:path";
import type { Kind } from "../../kinds/kind";
import { type ProcessTable, scanProcesses, treeOf } from "../../ports/metrics";
import { commandLines } from "../../ports/process-arguments";

/** Programs that are files of source run under one of these. */
const INTERPRETERS = /^(node|nodejs|bun|deno|python[\d.]*|ruby|perl|sh|bash|dash|zsh)$/;

/** Whether that command line is the kind's program, started in whatever way. Pure. */
export function isProgramOf(kind: Pick<Kind, "program" | "subcommand">, words: readonly string[]): boolean {
  const [first = "", ...rest] = words;
  const program = basename(kind.program);
  const plain = basename(first.replace(/^-/, ""));
  if (plain === program) return kind.subcommand === undefined || rest[0] === kind.subcommand;
  if (kind.subcommand !== undefined || !INTERPRETERS.test(plain)) return false;
  const script = rest.find((word) => !word.startsWith("-"));
  // With a flag that holds the source itself, there is no script.
  if (script === undefined || rest.slice(0, rest.indexOf(script)).some((word) => /^-[a-z]*[ce]$/.test(word))) return false;
  return basename(script).replace(/\.(js|mjs|cjs|ts|py|rb|pl|sh)$/, "") === program;
}

export interface Running<K> {
  kind: K;
  /** Its process, and whether that is the one that tmux started in the pane. */
  pid: number;
  root: boolean;
}

/** The program of one of `kinds` that is nearest to `root`: what it has started itself is no agent. Pure. */
export function programUnder<K extends Pick<Kind, "program" | "subcommand">>(root: number, table: ProcessTable, lines: ReadonlyMap<number, readonly string[]>, kinds: readonly K[]): Running<K> | null {
  // Pids that are used again while the table is read can make a circle of it.
  const seen = new Set<number>();
  for (let level = [root]; level.length > 0; level = childrenOf(level, table).filter((pid) => !seen.has(pid))) {
    for (const pid of level) {
      seen.add(pid);
      const kind = table.get(pid)?.zombie === false ? kinds.find((one) => isProgramOf(one, lines.get(pid) ?? [])) : undefined;
      if (kind) return { kind, pid, root: pid === root };
    }
  }
  return null;
}

/** The same for many panes, by their pids. */
export async function programsUnder<K extends Pick<Kind, "program" | "subcommand">>(roots: readonly number[], kinds: readonly K[]): Promise<Map<number, Running<K>>> {
  if (roots.length === 0) return new Map();
  const table = await scanProcesses({ roots });
  const lines = await commandLines(treeOf(roots, table).map(({ pid }) => pid));
  return new Map(roots.flatMap((root) => {
    const found = programUnder(root, table, lines, kinds);
    return found ? [[root, found] as const] : [];
  }));
}

function childrenOf(pids: readonly number[], table: ProcessTable): number[] {
  const parents = new Set(pids);
  return [...table.values()].filter(({ ppid }) => parents.has(ppid)).map(({ pid }) => pid).sort((a, b) => a - b);
}
