// `fleet next` on real agents and a real terminal.
import { expect, setDefaultTimeout, test } from "bun:test";
import { openPlace } from "../helpers/place";
import { terminals } from "../helpers/terminal";
import { until } from "../helpers/until";

setDefaultTimeout(40_000);
const place = await openPlace();
const { ok, server } = place;
const openTerminal = await terminals(server.env);
const create = (branch: string, prompt: string) => ok(["create", branch, "-a", "demo", "-d", "-p", prompt]);

test("next goes through those that need a person, most urgent first, and passes over the one it is in", async () => {
  expect(await ok(["next"])).toBe("nothing needs you\n");
  await create("done", "say all is well");
  await create("busy", "work 600");
  await create("ask", "choose Which colour? | red | green");
  await create("may", "ask May I push?");
  await Promise.all([place.untilStatus("done", "idle"), place.untilStatus("busy", "working"), place.untilStatus("ask", "waiting"), place.untilStatus("may", "waiting")]);
  expect((await place.agent("done"))["seen"]).toBe(false);
  expect((await place.agent("may"))["ask"]).toEqual({ what: "permission", text: "May I push?", cut: false, choices: ["yes", "no"] });
  expect(await ok(["next", "--dry-run"])).toMatch(/^may {2}permission {2}\d+s {2}May I push\?\n$/);
  expect(JSON.parse(await ok(["next", "--json"]))).toMatchObject({ branch: "may", need: "permission" });

  const terminal = await openTerminal("exec tmux attach -t =main:");
  const client = await until(() => server.tmux("list-clients", "-F", "#{client_name}"));
  const shown = () => server.tmux("list-clients", "-F", "#{@fleet_branch}");
  await ok(["next", "--client", client]);
  expect(await shown()).toBe("may");
  await ok(["next", "--client", client]);
  expect(await shown()).toBe("ask");
  await ok(["next", "--client", client]);
  expect(await shown()).toBe("may");
  for (const name of ["may", "ask"]) await ok(["kill", name, "--yes", "--force"]);
  await ok(["next", "--client", client]);
  expect(await shown()).toBe("done");
  // It was led to: that counts as seen, also after the terminal went away.
  await server.tmux("switch-client", "-c", client, "-t", "=main:");
  expect((await place.agent("done"))["seen"]).toBe(true);
  await ok(["next", "--client", client]);
  await terminal.shows("nothing needs you · 1 working · 1 idle");
  await terminal.close();
});

test("a terminal that stays on an agent for two seconds has seen it, and that is kept when it leaves", async () => {
  await create("later", "work 0.1\nsay it is done");
  await place.untilStatus("later", "idle");
  expect((await place.agent("later"))["seen"]).toBe(false);
  const { session } = await place.agent("later");
  const terminal = await openTerminal(`exec tmux attach -t '=${session}:'`);
  await until(async () => (await place.agent("later"))["seen"], { what: "seen" });
  await terminal.close();
  await until(async () => (await server.tmux("list-clients")) === "");
  expect((await place.agent("later"))["seen"]).toBe(true);
  await ok(["prompt", "later", "say once more"]);
  await until(async () => (await place.agent("later"))["doing"] === "once more" && (await place.agent("later")).status === "idle");
  expect((await place.agent("later"))["seen"]).toBe(false);
});

test("by a key binding it moves the terminal that pressed it, and says there what it can't do", async () => {
  const { binary } = await import("../helpers/binary");
  for (const { branch } of await place.list()) await ok(["kill", branch, "--yes", "--force"]);
  await server.tmux("bind-key", "N", "run-shell", "-b", `'${await binary()}' next --client '#{client_name}'`);
  const [one, other] = [await openTerminal("exec tmux attach -t =main:"), await openTerminal("exec tmux attach -t =main:")];
  await until(async () => (await server.tmux("list-clients")).split("\n").length === 2);
  await one.keys("C-b", "N");
  await one.shows("nothing needs you");
  expect(await other.screen()).not.toContain("nothing needs you");
  await create("bound", "ask May I?");
  await place.untilStatus("bound", "waiting");
  await other.keys("C-b", "N");
  await other.shows("Permission required");
  expect((await server.tmux("list-clients", "-F", "#{@fleet_branch}")).split("\n").sort()).toEqual(["", "bound"]);
  await one.keys("C-b", "N");
  await one.shows("Permission required");
  for (const terminal of [one, other]) await terminal.close();
});
