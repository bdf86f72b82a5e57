// Several things at a time, but not all.

/** Run `jobs` in order, `width` at a time; resolves when all are done, rejects with the first failure. */
export async function inPool(width: number, jobs: readonly (() => Promise<void>)[]): Promise<void> {
  const queue = jobs.values();
  const worker = async () => {
    for (const job of queue) await job();
  };
  await Promise.all(Array.from({ length: Math.min(width, jobs.length) }, worker));
}
