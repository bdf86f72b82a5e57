// From evidence to one word; what a prompt and a start refuse; what a followed log prints; the order of a list.
import { expect, test } from "bun:test";
import { conclude, type Evidence, recordFromPane } from "../../src/fleet/status";
import { newLines } from "../../src/fleet/logs";
import { filterAgents, sortAgents } from "../../src/fleet/rows";
import { refusePrompt } from "../../src/fleet/send";
import { refuseStart } from "../../src/fleet/start";
import { requirePane } from "../../src/fleet/select";
import type { Status } from "../../src/base/model";
import { type FleetPane, parsePanes, SESSION_OPTIONS } from "../../src/ports/tmux/sessions";
import { anAgent, aRecord, COMMIT } from "../helpers/model";

const pane = (options: Partial<FleetPane["options"]> = {}, more: Partial<FleetPane> = {}): FleetPane => ({
  session: "$1", sessionName: "web-login", pane: "%1", panePid: 10, dead: false, attached: 0, activity: 0, lastAttached: 0, width: 80, height: 24, title: "",
  options: { ...(Object.fromEntries(SESSION_OPTIONS.map((name) => [name, ""])) as FleetPane["options"]), id: "abcdef", pane: "%1", ...options },
  ...more,
});
const evidence = (more: Partial<Evidence>): Evidence => ({ record: aRecord(), pane: pane(), socket: "/tmp/tmux-0/default", programRuns: null, worktreeGone: false, ...more });

test("what the program reported is its status, with reason and time", () => {
  expect(conclude(evidence({ pane: pane({ status: "waiting", reason: "permission", since: "1700000000" }) }))).toEqual({ status: "waiting", reason: "permission", since: 1700000000, exit: null });
});

test("no session on the agent's own server means stopped; on another server nothing is known while its wrapper runs", () => {
  expect(conclude(evidence({ pane: null }))).toMatchObject({ status: "stopped", reason: null });
  expect(conclude(evidence({ pane: null, worktreeGone: true }))).toMatchObject({ status: "stopped", reason: "its worktree is gone" });
  expect(conclude(evidence({ pane: null, socket: "/tmp/other", wrapper: 42 }))).toMatchObject({ status: "unknown", reason: "on another tmux server: /tmp/tmux-0/default" });
  expect(conclude(evidence({ pane: null, socket: "/tmp/other" })).status).toBe("stopped");
  // A tmp cleaner took the socket: the program runs on.
  expect(conclude(evidence({ pane: null, wrapper: 42 }))).toMatchObject({ status: "unknown", reason: "it runs (pid 42), but its tmux server can't be reached" });
});

test("an agent that a create is still making is starting, with its step", () => {
  expect(conclude(evidence({ pane: null, making: "checkout" }))).toEqual({ status: "starting", reason: "checkout", since: null, exit: null });
  expect(conclude(evidence({ pane: pane({ status: "idle" }), making: "session" })).status).toBe("idle");
});

test("a word that is no status is unknown, never guessed", () => {
  expect(conclude(evidence({ pane: pane({ status: "thinking" }) })).status).toBe("unknown");
  expect(conclude(evidence({ pane: pane({ status: "" }) })).status).toBe("unknown");
});

test("a vanished program wins over its last report, but not while it is starting", () => {
  expect(conclude(evidence({ pane: pane({ status: "working" }), programRuns: false }))).toMatchObject({ status: "exited", reason: "its program is gone" });
  expect(conclude(evidence({ pane: pane({ status: "working" }), programRuns: true })).status).toBe("working");
  expect(conclude(evidence({ pane: pane({ status: "starting" }), programRuns: false })).status).toBe("starting");
  expect(conclude(evidence({ pane: pane({ status: "idle" }, { dead: true }) })).status).toBe("exited");
});

test("an ended program keeps its code and reason; a shell opened after it is said", () => {
  expect(conclude(evidence({ pane: pane({ status: "exited", exit: "137", reason: "137 (SIGKILL)" }) }))).toMatchObject({ status: "exited", exit: 137, reason: "137 (SIGKILL)" });
  expect(conclude(evidence({ pane: pane({ status: "exited", exit: "0", shell: "1" }) })).reason).toBe("a shell is open");
});

test("an agent whose record was lost is read from its session, and its branch counts as not made by fleet", () => {
  const found = recordFromPane(pane({ branch: "feat/x", kind: "demo", repo: "/r/web/.git", worktree: "/w/x", base: "main" }), "/s");
  expect(found).toMatchObject({ id: "abcdef", branch: "feat/x", branchCreated: false, repo: "/r/web/.git", main: "/r/web", worktree: "/w/x", base: { branch: "main", commit: "" }, socket: "/s" });
  expect(recordFromPane(pane({ base: COMMIT }), "/s").base).toEqual({ branch: null, commit: COMMIT });
});

test("a session's name may hold a tab without shifting what comes before it", () => {
  const cells = ["$3", "%7", "42", "0", "1", "80", "24", "5", "4", "a title", ...SESSION_OPTIONS.map((name) => (name === "id" ? "abcdef" : "")), "odd\tname"];
  expect(parsePanes(`${cells.join("\t")}\n`)).toMatchObject([{ session: "$3", pane: "%7", panePid: 42, attached: 1, sessionName: "odd\tname", options: { id: "abcdef" } }]);
});

test("a prompt goes to a program that runs, and to nothing else", () => {
  for (const status of ["working", "idle", "unknown"] as const) expect(refusePrompt(anAgent({ status }))).toBeNull();
  expect(refusePrompt(anAgent({ status: "exited", reason: "137 (SIGKILL)" }))).toMatchObject({ message: "the program of login-form has ended (137 (SIGKILL))", hint: "fleet start login-form" });
  expect(refusePrompt(anAgent({ status: "waiting", doing: "May I?" }))).toMatchObject({ message: "login-form waits for an answer: May I?", hint: "fleet answer login-form" });
  expect(refusePrompt(anAgent({ status: "starting" }))).toMatchObject({ message: "login-form is still starting" });
});

test("a verb that needs a session names how to get one, quoted for the shell", () => {
  expect(() => requirePane(anAgent({ branch: "it's", status: "stopped", session: null, pane: null }))).toThrow(/it's has no session: it is stopped/);
  try {
    requirePane(anAgent({ branch: "it's", status: "stopped", session: null, pane: null }));
  } catch (error) {
    expect((error as { hint: string }).hint).toBe(`fleet start 'it'\\''s'`);
  }
});

test("only what has ended is started again", () => {
  expect(refuseStart(anAgent({ status: "stopped" }), true)).toBeNull();
  expect(refuseStart(anAgent({ status: "exited" }), true)).toBeNull();
  expect(refuseStart(anAgent({ status: "idle" }), true)).toMatchObject({ message: "already running: login-form is idle", hint: "fleet attach login-form" });
  expect(refuseStart(anAgent({ status: "unknown" }), true)?.message).toContain("already running");
  expect(refuseStart(anAgent({ status: "stopped" }), false)?.message).toStartWith("the worktree of login-form is gone: ");
});

test("a followed log prints each new line once", () => {
  expect(newLines(["a", "b"], ["a", "b", "c"])).toEqual(["c"]);
  expect(newLines(["a", "b"], ["b", "c"])).toEqual(["c"]);
  expect(newLines(["a", "b"], ["a", "b"])).toEqual([]);
  expect(newLines([], ["a"])).toEqual(["a"]);
  expect(newLines(["x", "a"], ["a", "a", "b"])).toEqual(["a", "b"]);
  expect(newLines(["a"], ["z"])).toEqual(["z"]);
});

test("a list shows who needs a person first, longest first, and stopped last", () => {
  const one = (status: Status, since: number | null, id: string) => anAgent({ status, since }, { id });
  const agents = [one("stopped", null, "s"), one("exited", 5, "e"), one("idle", 9, "i"), one("working", 2, "w"), one("waiting", 9, "q2"), one("waiting", 3, "q1"), one("unknown", 1, "u")];
  expect(sortAgents(agents).map((agent) => agent.record.id)).toEqual(["q1", "q2", "w", "i", "u", "e", "s"]);
  expect(agents[0]!.status).toBe("stopped");
});

test("filters hold all at once", () => {
  const agents = [anAgent({ status: "idle" }, { id: "a", batch: "x" }), anAgent({ status: "idle" }, { id: "b" }), anAgent({ status: "working" }, { id: "c", batch: "x", kind: "claude" })];
  const ids = (filter: Parameters<typeof filterAgents>[1]) => filterAgents(agents, filter).map((agent) => agent.record.id);
  expect(ids({})).toEqual(["a", "b", "c"]);
  expect(ids({ batch: "x", status: "idle" })).toEqual(["a"]);
  expect(ids({ kind: "claude" })).toEqual(["c"]);
  expect(ids({ repo: "/elsewhere" })).toEqual([]);
});
