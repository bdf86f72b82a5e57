// Many agents that report all the time: the last status of each stands, and each waiter wakes. Figures are the bench's.
import { expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { measureLoad } from "../../scripts/measure/load";
import type { Series } from "../../scripts/measure/rounds";
import { makeRepo, makeRoot, makeStand } from "../../scripts/measure/stand";
import { binary } from "../helpers/binary";

test("no final status and no wake-up is lost: hooks, titles, waits", async () => {
  const root = makeRoot();
  const stand = makeStand(root, "l");
  try {
    const series: Series = new Map();
    const options = { stand, repo: makeRepo(stand, join(root, "l", "repo"), 3), fleet: await binary(), agents: 12, seconds: 4, waitSeconds: 1 };
    expect(await measureLoad(series, options, () => {})).toEqual({ lost: [] });
    expect([...series.keys()].sort()).toEqual(["a hook report", "hook reports", "title floor", "title reports", "waits", "wake"]);
  } finally {
    stand.close();
    rmSync(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}, 90_000);
