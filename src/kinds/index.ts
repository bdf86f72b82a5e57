// The table of kinds, and how a name of the command line or config becomes one.
import { UserError } from "../base/errors";
import { nearest } from "../base/text";
import { claude } from "./claude";
import { codex } from "./codex";
import { copilot } from "./copilot";
import { customKind } from "./custom";
import { demo } from "./demo";
import { gemini } from "./gemini";
import type { Kind, KindSettings, Word } from "./kind";
import { opencode } from "./opencode";
import { qwen } from "./qwen";

/** The built-in kinds, in the order in which people are shown them. A new kind is one file and one word here. */
export const KINDS: readonly Kind[] = [claude, codex, gemini, opencode, qwen, copilot, demo];

/** A kind as the config makes it. `launch` and `resume` do not add `flags` themselves: they belong in `extra`, first. */
export type ResolvedKind = Kind & { readonly flags: readonly string[]; readonly env: Readonly<Record<string, string>> };

type Settings = Readonly<Record<string, KindSettings>>;

/** The built-in kind of that name. */
export function builtInKind(name: string): Kind | undefined {
  return KINDS.find((kind) => kind.name === name);
}

/** Every name that `resolveKind` may be given: built-in first, then the config's own in its order. */
export function kindNames(settings: Settings): string[] {
  return [...new Set([...KINDS.map((kind) => kind.name), ...Object.keys(settings)])];
}

/**
 * The kind of that name with what `[kinds.NAME]` adds. A variant (`like`) also has the flags and the environment that the
 * config gives to its built-in. Throws UserError for an unknown name or for an entry that can't be used.
 */
export function resolveKind(name: string, settings: Settings): ResolvedKind {
  const builtIn = builtInKind(name);
  const own = Object.hasOwn(settings, name) ? settings[name] : undefined;
  if (builtIn) {
    if (own?.like !== undefined || own?.command !== undefined) {
      throw broken(`a built-in kind's entry takes flags and env, not ${own.like === undefined ? "command" : "like"}`, name);
    }
    return withSettings(builtIn, name, own);
  }
  if (!own) throw unknownKind(name, settings);
  if (own.like !== undefined && own.command !== undefined) throw broken("a kind has like or command, not both", name);
  if (own.command !== undefined) return withSettings(customKind(name, own.command), name, own);
  if (own.like === undefined) throw broken("a kind needs like (a built-in kind) or command", name);
  const base = builtInKind(own.like);
  if (!base) {
    const near = nearest(own.like, KINDS.map((kind) => kind.name));
    throw broken(`like names no built-in kind: ${own.like}${near ? ` (${near}?)` : ""}`, name);
  }
  const configured = withSettings(base, base.name, Object.hasOwn(settings, base.name) ? settings[base.name] : undefined);
  return withSettings(configured, name, own);
}

/** true when the words have a place for a prompt; a custom command may have none. */
export function takesPrompt(words: readonly Word[]): boolean {
  return words.some((word) => typeof word !== "string");
}

function withSettings(kind: Kind & { flags?: readonly string[] }, name: string, settings: KindSettings = {}): ResolvedKind {
  return {
    ...kind,
    ...(kind.builtIn === undefined && builtInKind(kind.name) ? { builtIn: kind.name } : {}),
    name,
    flags: [...(kind.flags ?? []), ...(settings.flags ?? [])],
    env: { ...kind.env, ...settings.env },
  };
}

function broken(what: string, name: string): UserError {
  return new UserError(`${what}: kinds.${name}`, { hint: "fleet config edit" });
}

function unknownKind(name: string, settings: Settings): UserError {
  const names = kindNames(settings);
  const near = nearest(name, names);
  return new UserError(`no such kind: ${name}`, {
    hint: near ? `fleet create … -a ${near}` : "fleet config edit adds a kind of your own",
    detail: `kinds: ${names.join(", ")}`,
  });
}
