// A process that sleeps for long: Bun looks after its heap once a second for the first half minute, which fifty sleepers feel.

const OFF = "BUN_GC_TIMER_DISABLE";

/**
 * Begin this very command anew, in the same process, with Bun's timer for garbage off: it is read at the start only (1.4.5). Comes
 * back where that is done already, or can't be.
 */
export function beginAsSleeper(env: Record<string, string | undefined>): void {
  const execve = (process as { execve?: (file: string, argv: readonly string[], env: Record<string, string | undefined>) => void }).execve;
  if (env[OFF] !== undefined || execve === undefined || !Bun.main.startsWith("/$bunfs/")) return;
  try {
    execve.call(process, process.execPath, [process.argv0, ...process.argv.slice(2)], { ...env, [OFF]: "1" });
  } catch {
    // It sleeps all the same.
  }
}
