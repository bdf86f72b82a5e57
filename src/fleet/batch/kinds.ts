// Which program each agent of a fanout gets. Pure.
import { UsageError } from "../../base/errors";

/** `claude:3,codex:2` in order; one kind, or null for the default, for all. Throws UsageError when the sum is not `count`. */
export function kindsInOrder(count: number, one: string | undefined, several: string | undefined): (string | null)[] {
  if (several === undefined) return Array.from({ length: count }, () => one ?? null);
  if (one !== undefined) throw new UsageError("the kind was given twice: --agent and --agents");
  const kinds = several.split(",").flatMap((part) => {
    const [, kind, number] = /^\s*([^:\s]+):(\d+)\s*$/.exec(part) ?? [];
    if (!kind || !number) throw new UsageError(`--agents takes KIND:N,KIND:N: ${part.trim()}`);
    if (Number(number) > count) throw new UsageError(`--agents makes more than ${count} agents: ${several}`);
    return Array.from({ length: Number(number) }, () => kind);
  });
  if (kinds.length !== count) throw new UsageError(`--agents makes ${kinds.length} agents, not ${count}: ${several}`);
  return kinds;
}
