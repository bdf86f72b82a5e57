// Ctrl-C as a value: what is in hand is finished or undone instead of being cut off.

/** A signal that aborts on the first SIGINT, SIGTERM or SIGHUP; the process no longer dies of them by itself. */
export function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => controller.abort());
  return controller.signal;
}
