// A key of the popup answers the question that its list has shown, and no other.
import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { answerNo, answerYes, takeChoice } from "../../src/fleet/popup/deeds/answer";
import type { Doing } from "../../src/fleet/popup/doing";
import { keepRows, makeView, shownAsk, viewOf } from "../../src/fleet/popup/view";
import { anAgent } from "../helpers/model";

test.each([["yes", answerYes], ["no", answerNo], ["a number", takeChoice]] as const)("%s is not given to a question that came since the list was drawn", async (_, deed) => {
  const home = mkdtempSync(`${tmpdir()}/fl-view-`);
  const view = viewOf(home, process.pid, undefined, { columns: 120, rows: 40 });
  makeView(view);
  const agent = anAgent({ status: "waiting", doing: "touch SNEAKY" });
  const { id } = agent.record;
  for (const asked of [{}, { [id]: "touch seen" }]) {
    keepRows(view, { text: "", order: [id], asked });
    // Nothing else of what a deed is handed is touched.
    await expect(deed({ act: { choice: 1 }, agents: [agent], openView: view } as unknown as Doing)).rejects.toThrow(/asks has come since the list was drawn, so nothing was pressed: touch SNEAKY$/);
  }
  keepRows(view, { text: "", order: [id], asked: { [id]: "touch SNEAKY" } });
  expect(shownAsk(view, id)).toBe(agent.doing);
  rmSync(home, { recursive: true });
});
