// A terminal at a stand's server: what arrives there is what a person sees.
import type { Stand } from "./stand";

export interface Client {
  /** Send keys, and wait until the terminal was sent `mark`; milliseconds. */
  ms(keys: string, mark: string): Promise<number>;
  close(): void;
}

const PATIENCE_MS = 10_000;

/** tmux starts a terminal twice when it attaches, and what is typed in between is lost: it is ready once nothing has come for so long. */
const QUIET_MS = 300;

/** A control character as a terminal echoes it. */
const ECHO = /^\^[A-Z]/;

/** A terminal of 200 × 50 attached to the stand's server. */
export async function attach(stand: Stand): Promise<Client> {
  let got = "";
  let last = 0;
  let seen: (() => void) | null = null;
  const decoder = new TextDecoder();
  const child = Bun.spawn(["tmux", "-u", "attach-session", "-t", "main"], {
    env: stand.env,
    terminal: {
      cols: 200,
      rows: 50,
      data(_: unknown, bytes: Uint8Array) {
        last = performance.now();
        got += decoder.decode(bytes, { stream: true });
        seen?.();
      },
    },
  });
  const send = (keys: string) => void child.terminal!.write(keys);
  const quiet = async () => {
    while (last === 0 || performance.now() - last < QUIET_MS) await Bun.sleep(20);
  };
  await quiet();
  return {
    async ms(keys, mark) {
      got = "";
      let began = performance.now();
      send(keys);
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`not on the terminal: ${mark}\n${JSON.stringify(got.slice(-500))}`)), PATIENCE_MS);
        seen = () => {
          // Echoed, not read: it was just being started. Pressed again, and timed from then.
          if (ECHO.test(got)) {
            got = "";
            void quiet().then(() => {
              began = performance.now();
              send(keys);
            });
          }
          if (!got.includes(mark)) return;
          clearTimeout(timer);
          resolve();
        };
        seen();
      }).finally(() => (seen = null));
      return performance.now() - began;
    },
    close: () => child.kill(),
  };
}
