// One program run and timed; many runs as figures.

/** Milliseconds: wall, and user + system of the process and of the children that it waited for. */
export interface Sample {
  wall: number;
  cpu: number;
}

export interface Place {
  cwd: string;
  env: Record<string, string>;
}

export type Words = readonly [string, ...string[]];

/** Run `argv` to its end. Throws when it fails, unless it `mayFail`. */
export function time(argv: Words, place: Place, { stdin = "", mayFail = false }: { stdin?: string | Uint8Array; mayFail?: boolean } = {}): Sample & { stdout: string } {
  const began = Bun.nanoseconds();
  const ran = Bun.spawnSync(argv as unknown as string[], { ...place, stdin: Buffer.from(stdin), stdout: "pipe", stderr: "pipe" });
  const wall = (Bun.nanoseconds() - began) / 1e6;
  if (ran.exitCode !== 0 && !mayFail) throw failure(argv, ran.exitCode, ran.stderr.toString() || ran.stdout.toString());
  return { wall, cpu: Number(ran.resourceUsage.cpuTime.total) / 1000, stdout: ran.stdout.toString() };
}

/** Several programs, all at once; `wall` from the first start to the last end. */
export async function timeTogether(commands: readonly Words[], place: Place): Promise<Sample> {
  const began = Bun.nanoseconds();
  const children = commands.map((argv) => Bun.spawn(argv as unknown as string[], { ...place, stdin: "ignore", stdout: "ignore", stderr: "pipe" }));
  const codes = await Promise.all(children.map((child) => child.exited));
  const wall = (Bun.nanoseconds() - began) / 1e6;
  const bad = codes.findIndex((code) => code !== 0);
  if (bad >= 0) throw failure(commands[bad]!, codes[bad]!, await children[bad]!.stderr.text());
  return { wall, cpu: children.reduce((sum, child) => sum + Number(child.resourceUsage()!.cpuTime.total) / 1000, 0) };
}

/** The sum of several runs, one after another. */
export function sum(samples: readonly Sample[]): Sample {
  return { wall: samples.reduce((all, one) => all + one.wall, 0), cpu: samples.reduce((all, one) => all + one.cpu, 0) };
}

export interface Figures {
  median: number;
  min: number;
  p90: number;
  runs: number;
}

export function figures(values: readonly number[]): Figures {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))]!;
  const middle = sorted.length % 2 ? at(0.5) : (sorted[sorted.length / 2 - 1]! + sorted[sorted.length / 2]!) / 2;
  return { median: middle, min: sorted[0]!, p90: at(0.9), runs: sorted.length };
}

function failure(argv: Words, code: number | null, said: string): Error {
  return new Error(`${argv.join(" ").slice(0, 200)} ended with ${code}\n${said.trim()}`);
}
