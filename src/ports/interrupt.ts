// Ctrl-C as a value: what is in hand is finished or undone instead of being cut off.

/** A signal that aborts on the first SIGINT, SIGTERM or SIGHUP; the process no longer dies of them by itself. */
export function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => controller.abort());
  return controller.signal;
}

/** For commands that end sessions, perhaps the one they run in: Ctrl-C aborts the signal, a closed terminal is no reason to stop half-way. */
export function interruptSignalPastHangup(): AbortSignal {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) process.on(name, () => controller.abort());
  process.on("SIGHUP", () => {});
  return controller.signal;
}
