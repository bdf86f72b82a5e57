// Programs that outlive this one: in a session of their own, with nothing on their streams.

/**
 * Start argv and let go of it. `cwd` is "/", so that no directory is held. A program that can't be started is no error.
 * `facts` are for this program. What an agent is told about itself is not passed on: by its FLEET_ID the program would be ended with it.
 */
export function startDetached(argv: readonly string[], env: Record<string, string | undefined>, facts: Record<string, string> = {}): void {
  try {
    Bun.spawn(argv as string[], { cwd: "/", env: { ...withoutAgent(env), ...facts }, detached: true, stdio: ["ignore", "ignore", "ignore"] }).unref();
  } catch {
    // What it would have done is done by a later command.
  }
}

export function withoutAgent(env: Record<string, string | undefined>): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("FLEET_") || name === "FLEET_HOME"));
}

/** The compiled fleet, to be started again; null when this is bun running the sources. */
export function ownBinary(): string | null {
  return Bun.main.startsWith("/$bunfs/") ? process.execPath : null;
}
