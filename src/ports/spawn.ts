// The fast way to run one program: tmux and git calls. Other programs go through process.ts.

const HELD_PIPES_MS = 20;

export interface SpawnOptions {
  cwd?: string | undefined;
  env: Record<string, string | undefined>;
  stdin?: string | Uint8Array | undefined;
  /** `latin1`: one character a byte, for paths that need not be UTF-8. */
  encoding?: "utf8" | "latin1" | undefined;
  /** Milliseconds; the child is killed and `timedOut` set. */
  timeout?: number | undefined;
}

export interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
  timedOut: boolean;
}

/** Called once per finished call, for --verbose and FLEET_DEBUG. `ms` is wall time. */
export type Trace = (argv: readonly string[], ms: number, code: number | null) => void;

/** Run `argv` to its end; never throws for an exit code. A program that is not there is code 127. */
export async function spawn(argv: readonly string[], options: SpawnOptions, trace?: Trace): Promise<Ran> {
  const started = trace ? performance.now() : 0;
  let child;
  try {
    child = Bun.spawn(argv as string[], {
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      env: options.env,
      stdin: options.stdin === undefined ? "ignore" : Buffer.from(options.stdin),
      stdout: "pipe",
      stderr: "pipe",
    });
  } catch (error) {
    // posix_spawn reports a missing program and a missing cwd alike, as ENOENT.
    return { code: 127, stdout: "", stderr: String((error as Error).message), timedOut: false };
  }
  let timedOut = false;
  const ended = Promise.all([read(child.stdout, options.encoding), child.stderr.text(), child.exited]);
  let timer: Timer | undefined;
  const given = options.timeout;
  const overdue =
    given === undefined
      ? []
      : [
          new Promise<null>((resolve) => {
            timer = setTimeout(() => {
              timedOut = true;
              child.kill("SIGKILL");
              // What the child started may live on and hold its pipes open.
              timer = setTimeout(() => resolve(null), HELD_PIPES_MS);
            }, given);
          }),
        ];
  const [stdout, stderr, code] = (await Promise.race([ended, ...overdue])) ?? ["", "", null];
  clearTimeout(timer);
  trace?.(argv, performance.now() - started, code);
  return { code: child.signalCode ? null : code, stdout, stderr, timedOut };
}

async function read(stream: ReadableStream<Uint8Array>, encoding: SpawnOptions["encoding"]): Promise<string> {
  return encoding === "latin1" ? Buffer.from(await stream.bytes()).toString("latin1") : stream.text();
}
