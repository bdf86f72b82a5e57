// What commands that died left half-written in fleet's own directory.
import { expect, test } from "bun:test";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Row } from "../../src/fleet/doctor/doctor";
import { openPlace } from "../helpers/place";

const { server, fleet } = await openPlace();

test("half-written files of dead commands go, wherever fleet writes; those of living ones stay", async () => {
  const folders = ["", "trash", "merges", "batches", "journal", "cache/tokens"];
  const files = folders.map((folder) => join(server.fleetHome, folder, "x.json.4194304.tmp"));
  for (const file of files) {
    mkdirSync(join(file, ".."), { recursive: true });
    writeFileSync(file, "half");
  }
  const living = join(server.fleetHome, "trash", `x.json.${process.pid}.tmp`);
  writeFileSync(living, "half");
  const rows = JSON.parse((await fleet(["doctor", "--json", "--fix"])).stdout) as Row[];
  expect(rows.filter(({ check }) => check === "leftovers").flatMap(({ things }) => things).sort()).toEqual([...files].sort());
  expect([...files, living].filter((file) => existsSync(file))).toEqual([living]);
  rmSync(living);
});
