// What fleet does when it is typed in a pane of the person's own session, with real keys and real terminals.
import { expect, test } from "bun:test";
import { join } from "node:path";
import { binary } from "../helpers/binary";
import { fleetIn, fleetOk } from "../helpers/fleet";
import { makeRepo } from "../helpers/repo";
import { privateServer } from "../helpers/server";
import { until } from "../helpers/until";

const server = await privateServer();
const outer = await privateServer({ started: false });
const repo = await makeRepo(server);
const fleet = fleetOk(fleetIn(server, repo.path));

/** A shell in a new window of the person's session. Returns its pane. */
async function shell(): Promise<string> {
  const pane = await server.tmux("new-window", "-d", "-P", "-F", "#{pane_id}", "-t", "main:", "-c", repo.path, "env", "PS1=$ ", "sh");
  await until(async () => (await server.screen(pane)).includes("$"), { what: "a shell's prompt" });
  return pane;
}

async function type(pane: string, line: string): Promise<void> {
  await server.tmux("send-keys", "-t", pane, "-l", line);
  await server.tmux("send-keys", "-t", pane, "Enter");
}

/** A second tmux whose only pane is a terminal attached to `main`. Returns the client's name. */
async function terminal(): Promise<string> {
  const attach = `exec env -u TMUX -u TMUX_PANE TMUX_TMPDIR=${server.root} tmux -u attach -t main`;
  await outer.tmux("-f", "/dev/null", "new-session", "-d", "-s", "term", "-x", "120", "-y", "40", attach);
  return until(() => server.tmux("list-clients", "-F", "#{client_name}"), { what: "an attached terminal", show: () => outer.screen("term") });
}

test("create typed in a pane tags the new session, and nothing of the person's", async () => {
  const before = await server.tmux("show-options", "-t", "main");
  const pane = await shell();
  await type(pane, `${await binary()} create typed -a demo -p 'say hello' -d; echo code=$?`);
  await until(async () => (await server.screen(pane)).includes("code=0"), { what: "create to end", show: () => server.screen(pane) });
  expect(await server.tmux("show-options", "-t", "main")).toBe(before);
  expect(await server.tmux("show-options", "-v", "-t", "=repo-typed:", "@fleet_branch")).toBe("typed");
  expect(await server.tmux("show-options", "-v", "-t", "=repo-typed:", "detach-on-destroy")).toBe("off");
  await until(async () => (await fleet(["list"])).includes("idle"), { what: "its reports to arrive" });
});

test("attach switches the terminal it was typed at, and kill from inside its session moves that terminal away first", async () => {
  const client = await terminal();
  await fleet(["create", "seen", "-a", "demo", "-p", "say here I am"]);
  const pane = await shell();
  await server.tmux("select-window", "-t", pane);
  await type(pane, `${await binary()} attach seen`);
  const shown = () => server.tmux("display-message", "-p", "-c", client, "#{session_name}");
  await until(async () => (await shown()) === "repo-seen", { what: "the terminal to show the agent" });
  await until(async () => (await outer.screen("term")).includes("here I am"), { what: "the agent's screen", show: () => outer.screen("term") });

  const split = await server.tmux("split-window", "-d", "-P", "-F", "#{pane_id}", "-t", "=repo-seen:", "-c", server.root, "env", "PS1=$ ", "sh");
  await until(async () => (await server.screen(split)).includes("$"), { what: "a shell in the agent's session" });
  await type(split, `${await binary()} kill seen --yes --force`);
  await until(async () => (await shown()) === "main", { what: "the terminal to be back", show: () => outer.screen("term") });
  await until(async () => !(await server.tmux("list-sessions", "-F", "#{session_name}")).includes("repo-seen"), { what: "the session to end" });
  await until(async () => (await fleet(["undo", "--list"])).includes("seen"), { what: "the kill to have gone on past its own pane" });
  expect(await Bun.file(join(repo.path, ".git/worktrees/seen/HEAD")).exists()).toBe(false);
}, 30_000);
