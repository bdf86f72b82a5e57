// The kinds that a repo-less command knows: built in, and those of the person's config.
import { type ResolvedKind, resolveKind } from "../kinds/index";
import type { Store } from "../ports/store";
import { loadSettings } from "./settings";

/** A lookup by name. A kind that the config no longer has counts as a plain custom program. */
export async function kindsOf(ctx: { store: Store; env: Record<string, string | undefined>; out: { warn(message: string, hint?: string): void } }): Promise<(name: string) => ResolvedKind> {
  const settings = await loadSettings({ home: ctx.store.home, main: null, common: null, userHome: ctx.env["HOME"] ?? "" }, ctx.out.warn);
  return (name) => {
    try {
      return resolveKind(name, settings.kinds);
    } catch {
      return resolveKind(name, { [name]: { command: [name] } });
    }
  };
}
