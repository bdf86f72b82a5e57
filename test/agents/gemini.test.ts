// The real Gemini CLI in tmux, from its launch to its end: what fleet says of it at each step.
import { setDefaultTimeout, test } from "bun:test";
import { journey } from "../helpers/agent-journey";
import { agentPlace } from "../helpers/agent-place";

setDefaultTimeout(240_000);

const place = await agentPlace("gemini");

journey(place, {
  kind: "gemini",
  args: ["--skip-trust"],
  permission: ["Allow once", "No, suggest changes (esc)"],
  question: { chosen: "Colour → Blue", worded: "Colour → light green", field: [["Down", /● 3\. +Enter a custom value/]] },
  ownHook: true,
});

test("a folder that was never trusted is a question", async () => {
  await place.ok(["create", "wary", "-d", "-a", "gemini"]);
  await place.comes("wary", "trust", "waiting", { reason: "trust" });
  await place.asks("wary", "Trust folder (wary)");
  await place.ok(["answer", "wary", "yes"]);
  await place.comes("wary", "trusted", "idle");
});
