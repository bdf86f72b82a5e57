// The real GitHub Copilot CLI in tmux, from its launch to its end: what fleet says of it at each step.
import { expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { journey } from "../helpers/agent-journey";
import { agentPlace } from "../helpers/agent-place";

setDefaultTimeout(240_000);

const place = await agentPlace("copilot");

journey(place, {
  kind: "copilot",
  args: ["--disable-builtin-mcps"],
  permission: ["Yes", "No, and tell Copilot what to do differently (Esc to stop)"],
  question: { chosen: "Blue", worded: "light green", field: [["Down", /❯ Type your answer\.\.\./]] },
  ownHook: true,
});

test("its settings, which it writes itself, still have what the person put there, and nothing of fleet's", () => {
  const text = readFileSync(join(place.server.home, ".copilot/config.json"), "utf8");
  const { trustedFolders } = JSON.parse(text.replace(/^\s*\/\/.*$/gm, "")) as { trustedFolders: string[] };
  expect(trustedFolders).toEqual([place.server.root, place.repo.path]);
  expect(text).not.toContain(place.server.fleetHome);
});
