// Finding a kind's program: on the caller's PATH, else on the login shell's.
import { readFileSync } from "node:fs";
import { UserError } from "../base/errors";
import type { Kind } from "../kinds/kind";
import { findProgram, loginShellPath } from "../ports/process";
import { type Store, writeFileAtomic } from "../ports/store";

const REMEMBER_MS = 24 * 3600_000;

/** The PATH on which the kind's program is found. Throws UserError, with how to install it, when it is nowhere. */
export async function pathWithProgram(kind: Kind, env: Record<string, string | undefined>, store: Store): Promise<string> {
  const own = env["PATH"] ?? "";
  if (kind.program.includes("/") ? findProgram(kind.program, "") : findProgram(kind.program, own)) return own;
  const login = await rememberedLoginPath(env, store);
  if (login && findProgram(kind.program, login)) return login;
  throw new UserError(`${kind.title} is not installed: ${kind.program}`, { hint: kind.install });
}

async function rememberedLoginPath(env: Record<string, string | undefined>, store: Store): Promise<string | null> {
  const file = store.path("cache", "path.json");
  try {
    const remembered = JSON.parse(readFileSync(file, "utf8")) as { shell: string; path: string; at: number };
    if (remembered.shell === env["SHELL"] && Date.now() - remembered.at < REMEMBER_MS) return remembered.path;
  } catch {
    // Not asked yet.
  }
  const path = await loginShellPath(env);
  if (path) writeFileAtomic(file, JSON.stringify({ shell: env["SHELL"], path, at: Date.now() }));
  return path;
}
