// The real opencode in tmux, from its launch to its end: what fleet says of it at each step.
import { setDefaultTimeout } from "bun:test";
import { journey } from "../helpers/agent-journey";
import { agentPlace } from "../helpers/agent-place";

setDefaultTimeout(240_000);

journey(await agentPlace("opencode"), {
  kind: "opencode",
  args: [],
  permission: ["Allow once", "Reject"],
  question: { chosen: "Blue", worded: "light green" },
  // Its plugins are code of the person's, and npm packages with them.
  ownHook: false,
});
