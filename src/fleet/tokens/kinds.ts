// Which transcript a kind's program writes, and with what environment it is started.
import { builtInKind } from "../../kinds/index";
import type { Transcript } from "../../kinds/transcripts/transcript";
import { configStamp, type KindWords, type Overview } from "./overview";

export interface ProgramWords {
  transcript: Transcript;
  env: Record<string, string | undefined>;
}

/** A lookup by the kind's name; the config is read only when it changed. `changed` says that the overview was. */
export async function transcriptKinds(overview: Overview, home: string, env: Record<string, string | undefined>, names: Iterable<string>): Promise<{ of(name: string): ProgramWords | null; changed: boolean }> {
  const config = configStamp(home);
  const asked = [...new Set(names)];
  const changed = config !== overview.config || asked.some((name) => !Object.hasOwn(overview.kinds, name));
  if (changed) {
    // Names asked for before stay, unless the config is another one.
    const names = config === overview.config ? [...new Set([...Object.keys(overview.kinds), ...asked])] : asked;
    overview.config = config;
    overview.kinds = await wordsOf(home, env, names);
  }
  return {
    changed,
    of(name) {
      const words = Object.hasOwn(overview.kinds, name) ? overview.kinds[name] : undefined;
      const transcript = words?.like ? builtInKind(words.like)?.transcript : undefined;
      return transcript ? { transcript, env: { ...env, ...words!.env } } : null;
    },
  };
}

async function wordsOf(home: string, env: Record<string, string | undefined>, names: readonly string[]): Promise<Record<string, KindWords>> {
  const [{ loadSettings }, { resolveKind }] = await Promise.all([import("../settings"), import("../../kinds/index")]);
  const settings = await loadSettings({ home, main: null, common: null, userHome: env["HOME"] ?? "" }, () => {}).catch(() => null);
  return Object.fromEntries(names.map((name): [string, KindWords] => {
    try {
      const kind = resolveKind(name, settings?.kinds ?? {});
      return [name, { like: kind.builtIn ?? null, env: { ...kind.env } }];
    } catch {
      // A kind that the config no longer has.
      return [name, { like: null, env: {} }];
    }
  }));
}
