// What the standard streams are. `process.stdout` costs 9 ms to touch; isatty(3) through the ffi costs 0.4.
import { dlopen, FFIType } from "bun:ffi";

export interface Terminal {
  /** A person can be asked: stdin and stderr are terminals. */
  readonly interactive: boolean;
  readonly stdoutIsTerminal: boolean;
  readonly stderrIsTerminal: boolean;
  /** Columns and rows of the terminal, or null where there is none. */
  size(): { columns: number; rows: number } | null;
}

export function openTerminal(_env: Record<string, string | undefined>): Terminal {
  const answers = new Map<number, boolean>();
  const isTerminal = (fd: number): boolean => {
    if (!answers.has(fd)) answers.set(fd, isatty(fd));
    return answers.get(fd)!;
  };
  return {
    get interactive() {
      return isTerminal(0) && isTerminal(2);
    },
    get stdoutIsTerminal() {
      return isTerminal(1);
    },
    get stderrIsTerminal() {
      return isTerminal(2);
    },
    size() {
      // Only reached on a terminal, where the cost of the stream objects does not matter.
      const stream = isTerminal(1) ? process.stdout : isTerminal(2) ? process.stderr : null;
      return stream?.columns ? { columns: stream.columns, rows: stream.rows } : null;
    },
  };
}

/** Columns and rows, without the stream objects; null where stdin is no terminal. */
export async function terminalSize(env: Record<string, string | undefined>): Promise<{ columns: number; rows: number } | null> {
  const asked = process.platform === "linux" ? askKernel() : null;
  if (asked) return asked;
  try {
    const child = Bun.spawn(["stty", "size"], { env, stdin: "inherit", stdout: "pipe", stderr: "ignore" });
    const [rows, columns] = (await child.stdout.text()).trim().split(" ").map(Number);
    return rows && columns ? { columns, rows } : null;
  } catch {
    return null;
  }
}

// Of Linux. Where a variadic function takes its arguments elsewhere than others do (macOS), stty asks.
const TIOCGWINSZ = 0x5413;

function askKernel(): { columns: number; rows: number } | null {
  try {
    const libc = dlopen("libc.so.6", { ioctl: { args: [FFIType.i32, FFIType.u64, FFIType.ptr], returns: FFIType.i32 } });
    const size = new Uint16Array(4);
    return libc.symbols.ioctl(0, TIOCGWINSZ, size) === 0 && size[0] && size[1] ? { rows: size[0], columns: size[1] } : null;
  } catch {
    // musl.
    return null;
  }
}

/** Forget what was typed before a question was asked. */
export function dropTypeahead(): void {
  try {
    const mac = process.platform === "darwin";
    const libc = dlopen(mac ? "libSystem.B.dylib" : "libc.so.6", { tcflush: { args: [FFIType.i32, FFIType.i32], returns: FFIType.i32 } });
    // TCIFLUSH
    libc.symbols.tcflush(0, mac ? 1 : 0);
  } catch {
    // musl: it stays, and a whole "y" and Enter would still be needed.
  }
}

function isatty(fd: number): boolean {
  try {
    const libc = dlopen(process.platform === "darwin" ? "libSystem.B.dylib" : "libc.so.6", {
      isatty: { args: [FFIType.i32], returns: FFIType.i32 },
    });
    return libc.symbols.isatty(fd) === 1;
  } catch {
    // musl has no libc.so.6.
    return require("node:tty").isatty(fd);
  }
}
