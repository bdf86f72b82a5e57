// The real Qwen Code in tmux, from its launch to its end: what fleet says of it at each step.
import { setDefaultTimeout } from "bun:test";
import { journey } from "../helpers/agent-journey";
import { agentPlace } from "../helpers/agent-place";

setDefaultTimeout(240_000);

journey(await agentPlace("qwen"), {
  kind: "qwen",
  args: ["--approval-mode", "default"],
  permission: ["Yes, allow once", "No, suggest changes (esc)"],
  question: { chosen: "Blue", worded: "light green", field: [["Down", /❯ 3\. > Type something/]] },
  ownHook: true,
});
