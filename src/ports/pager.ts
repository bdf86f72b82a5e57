// Long text in the person's pager, at its end; where there is none, on the terminal as it is.
import { findProgram } from "./process";

/** Show `text`; returns when the person closed it. */
export async function showText(env: Record<string, string | undefined>, text: string): Promise<void> {
  const own = env["PAGER"];
  const argv = own ? ["/bin/sh", "-c", own] : findProgram("less", env["PATH"]) ? ["less", "-R", "+G"] : findProgram("more", env["PATH"]) ? ["more"] : ["cat"];
  const child = Bun.spawn(argv, { env, stdin: Buffer.from(`${text}\n`), stdout: "inherit", stderr: "inherit" });
  await child.exited;
}
