// Waiting for a condition: the only way a test waits.

export interface UntilOptions {
  /** What is waited for, as the message says it when it never comes. */
  what?: string;
  /** Milliseconds until it gives up. */
  timeout?: number;
  /** Milliseconds between two looks: 20, and more where a look takes what is looked at the time to get on. */
  every?: number;
  /** Shown when it gives up: a screen, a log. */
  show?: () => string | Promise<string>;
}

export type Truthy<T> = Exclude<T, false | 0 | "" | null | undefined>;

/**
 * The first truthy answer of `probe`, asked again and again; an answer that throws counts as "not yet".
 * Gives up with the last answer or error, and with what `show` has to tell.
 */
export async function until<T>(probe: () => T | Promise<T>, options: UntilOptions = {}): Promise<Truthy<T>> {
  const { what = "the condition", timeout = 15_000, every = 20, show } = options;
  const deadline = Date.now() + timeout;
  let last = "nothing";
  for (;;) {
    try {
      const answer = await probe();
      if (answer) return answer as Truthy<T>;
      last = String(answer);
    } catch (error) {
      last = String((error as Error).message ?? error);
    }
    if (Date.now() > deadline) break;
    await Bun.sleep(every);
  }
  const told = show ? `\n${await Promise.resolve(show()).catch(String)}` : "";
  throw new Error(`${what}: not after ${timeout} ms; last: ${last}${told}`);
}
