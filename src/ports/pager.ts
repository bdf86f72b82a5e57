// Long text in the person's pager; where there is none, on the terminal as it is.
import { realpathSync } from "node:fs";
import { basename } from "node:path";
import { findProgram } from "./process";

type Environment = Record<string, string | undefined>;

/** An environment in which less stays open. */
function stayingLess(env: Environment): Environment {
  const own = env["LESS"] ?? "-R";
  return { ...env, LESS: `${own.startsWith("-") ? own : `-${own}`} -+F` };
}

/** Show `text` in `pager`, a line for sh; false when it may have closed before anybody could read: less stays, once it is told to. */
export async function showText(env: Environment, text: string, pager: string): Promise<boolean> {
  const program = findProgram(pager.trim().split(/\s/)[0]!, env["PATH"]);
  const child = Bun.spawn(["/bin/sh", "-c", program ? pager : "cat"], { env: stayingLess(env), stdin: Buffer.from(`${text}\n`), stdout: "inherit", stderr: "inherit" });
  // Debian's `pager` is a link to it.
  return (await child.exited) === 0 && program !== null && basename(realpathSync(program)) === "less";
}
