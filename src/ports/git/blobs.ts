// The bytes of many objects from one git process, however large each of them is.
import { ProcessError } from "../../base/errors";
import type { Git } from "./call";

/**
 * Hand the bytes of each object (a name as git reads it, without line ends) to `write`, piece by piece and in order; the last
 * piece of each is empty. Throws ProcessError, also for an object that is not there, or when git is silent for `stallMs`.
 */
export async function readBlobs(git: Git, cwd: string, names: readonly string[], write: (index: number, piece: Uint8Array) => void, stallMs = 60_000): Promise<void> {
  if (names.length === 0) return;
  const argv = ["git", "-C", cwd, "cat-file", "--batch=%(objecttype) %(objectsize)"];
  const child = Bun.spawn(argv, { env: git.env, stdin: Buffer.from(`${names.join("\n")}\n`), stdout: "pipe", stderr: "pipe" });
  let stalled = false;
  const alarm = setTimeout(() => ((stalled = true), child.kill("SIGKILL")), stallMs);
  let index = 0;
  /** Bytes of the object under way that are still to come, its line end included; -1: a header comes. */
  let left = -1;
  let header = "";
  const take = (piece: Uint8Array) => {
    while (piece.length > 0) {
      if (left < 0) {
        const end = piece.indexOf(10);
        header += Buffer.from(end < 0 ? piece : piece.subarray(0, end)).toString("latin1");
        if (end < 0) return;
        piece = piece.subarray(end + 1);
        const size = /^blob (\d+)$/.exec(header)?.[1];
        if (size === undefined) throw new ProcessError(argv, null, "", header);
        left = Number(size) + 1;
        header = "";
      }
      const content = piece.subarray(0, Math.max(0, Math.min(piece.length, left - 1)));
      if (content.length > 0) write(index, content);
      const taken = Math.min(piece.length, left);
      left -= taken;
      piece = piece.subarray(taken);
      if (left > 0) continue;
      write(index++, new Uint8Array());
      left = -1;
    }
  };
  try {
    for await (const chunk of child.stdout as unknown as AsyncIterable<Uint8Array>) {
      alarm.refresh();
      take(chunk);
    }
  } finally {
    clearTimeout(alarm);
    if (index < names.length) child.kill("SIGKILL");
  }
  const code = await child.exited;
  if (index < names.length) throw new ProcessError(argv, code, "", await child.stderr.text(), stalled);
}
