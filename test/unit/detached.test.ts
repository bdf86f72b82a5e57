// What a program that outlives its command is told.
import { expect, test } from "bun:test";
import { withoutAgent } from "../../src/ports/detached";

test("a program left behind from an agent's pane does not pass for the agent's own", () => {
  expect(withoutAgent({ FLEET_ID: "abcdef", FLEET_SLOT: "3", FLEET_HOME: "/h", PATH: "/bin" })).toEqual({ FLEET_HOME: "/h", PATH: "/bin" });
});
