// The real opencode in tmux, from its launch to its end: what fleet says of it at each step.
import { setDefaultTimeout } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { journey } from "../helpers/agent-journey";
import { agentPlace } from "../helpers/agent-place";

setDefaultTimeout(240_000);

const place = await agentPlace("opencode");
const { home, env } = place.server;

/** A hook of the person's own is a plugin. At its first start with one opencode installs npm packages into their ~/.config, for a minute. */
const name = ".config/opencode/plugin/own.js";
const plugin = `import { appendFileSync } from "node:fs";
export const Own = async () => ({ event: async ({ event }) => void (event.type === "session.idle" && appendFileSync(${JSON.stringify(join(home, "own-hook"))}, "own\\n")) });
`;
mkdirSync(dirname(join(home, name)), { recursive: true });
writeFileSync(join(home, name), plugin);
place.before[name] = plugin;
Bun.spawnSync(["opencode", "agent", "list"], { cwd: place.repo.path, env, stdin: "ignore", stdout: "ignore", stderr: "ignore", timeout: 200_000 });

journey(place, {
  kind: "opencode",
  args: [],
  permission: ["Allow once", "Reject"],
  question: { chosen: "Blue", worded: "light green", field: [["3", /(Type your own answer[^]*){2}/]] },
  ownHook: true,
});
