// The real GitHub Copilot CLI in tmux, from its launch to its end: what fleet says of it at each step.
import { setDefaultTimeout } from "bun:test";
import { journey } from "../helpers/agent-journey";
import { agentPlace } from "../helpers/agent-place";

setDefaultTimeout(240_000);

journey(await agentPlace("copilot"), {
  kind: "copilot",
  args: ["--disable-builtin-mcps"],
  permission: ["Yes", "No, and tell Copilot what to do differently (Esc to stop)"],
  question: { chosen: "Blue", worded: "light green" },
  ownHook: false,
});
