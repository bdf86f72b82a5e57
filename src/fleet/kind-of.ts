// The kinds that a repo-less command knows: built in, and those of the person's config.
import { KINDS, type ResolvedKind, resolveKind } from "../kinds/index";
import type { Store } from "../ports/store";
import { loadSettings } from "./settings";

/**
 * A lookup by name. To talk to a running program of a kind that the config no longer has, it counts as a plain one; to start
 * it (`toStart`), what it was is not known, and the lookup throws UserError.
 */
export async function kindsOf(ctx: { store: Store; env: Record<string, string | undefined>; out: { warn(message: string, hint?: string): void } }, toStart = false): Promise<(name: string) => ResolvedKind> {
  const settings = await loadSettings({ home: ctx.store.home, main: null, common: null, userHome: ctx.env["HOME"] ?? "" }, ctx.out.warn);
  return (name) => {
    try {
      return resolveKind(name, settings.kinds);
    } catch (error) {
      if (toStart || KINDS.some((kind) => kind.name === name)) throw error;
      return resolveKind(name, { [name]: { command: [name] } });
    }
  };
}
