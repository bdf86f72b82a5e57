// The real Codex in tmux, from its launch to its end: what fleet says of it at each step.
import { setDefaultTimeout } from "bun:test";
import { journey } from "../helpers/agent-journey";
import { agentPlace } from "../helpers/agent-place";

setDefaultTimeout(240_000);

journey(await agentPlace("codex"), {
  kind: "codex",
  // Its questions are of its plan mode, but for this flag.
  args: ["-a", "on-request", "-s", "workspace-write", "--enable", "default_mode_request_user_input"],
  permission: ["Yes, proceed (y)", "No, and tell Codex what to do differently (esc)"],
  question: { chosen: "Blue", worded: "light green", field: [["Down", /› 3\. None of the above/], ["Tab", /› Add notes/]] },
  ownHook: true,
  // A [tui] of its own.
  addsToFiles: true,
});
