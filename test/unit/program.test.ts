// Programs that end late, or leave something behind that holds their pipes.
import { expect, test } from "bun:test";
import { runProgram } from "../../src/ports/process";

test.each(["collect", "split"] as const)("a program is left at its time, whatever still holds its output (%s)", async (io) => {
  const began = performance.now();
  // The shell ends at once; what it leaves is no child of it any more.
  const ran = await runProgram(["sh", "-c", "sleep 20 & echo said"], { cwd: "/", env: process.env, io, timeout: 500 });
  expect([ran.timedOut, ran.output]).toEqual([true, "said\n"]);
  expect(performance.now() - began).toBeLessThan(10_000);
});
