// What fleet adopt refuses, and how one of several is picked: nothing that a person made is changed by a refusal.
import { beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { openOwnThings } from "../helpers/own-things";

const { place, fleet, ok, repo, server, worktree, session } = await openOwnThings();

describe("refused, with nothing changed", () => {
  let two = "";
  beforeAll(async () => {
    await repo.git("worktree", "add", "-q", "--detach", join(server.root, "own-detached"));
    two = await worktree("two");
    await worktree("agent-there");
    await ok(["adopt", join(server.root, "own-agent-there"), "-a", "quiet"]);
    await ok(["create", "made", "-a", "quiet", "-d"]);
    await session("one-of-two", two, "exec sleep 100000");
    await session("two-of-two", two, "exec sleep 100000");
    const apart = await session("apart", await worktree("apart"), "exec sleep 100000");
    await server.tmux("split-window", "-t", apart.pane, "-c", repo.path, "exec sleep 100000");
    const both = await session("both", await worktree("both"), "exec sleep 100000");
    await server.tmux("split-window", "-t", both.pane, "-c", join(server.root, "own-both"), "exec tail -f /dev/null");
    await session("editor", await worktree("edited"), "exec cat");
    await session("nowhere", server.root, "exec sleep 100000");
    mkdirSync(join(repo.path, "editor"));
    mkdirSync(join(server.root, "plain"));
    await repo.git("clone", "-q", "--bare", repo.path, join(server.root, "bare.git"));
  });
  const at = (name: string) => join(server.root, name);
  const CASES: [name: string, words: () => string[], message: string, hint: string][] = [
    ["the main checkout", () => [repo.path], "the main checkout of a repository is no agent's", "worktree add"],
    ["a detached HEAD", () => [at("own-detached")], "no branch is checked out there", "switch -c NEW-BRANCH"],
    ["a bare repository", () => [at("bare.git")], "a bare repository has no checkout", "worktree add"],
    ["no repository", () => [at("plain")], "not in a git repository", "git worktree list"],
    ["a path that leads nowhere", () => [at("no-such")], "no such directory: ", "git worktree list"],
    ["a path that no file system has", () => [`./${"x".repeat(300)}`], "the name is too long: ", "fleet doctor"],
    ["nothing of that name", () => ["no-such"], "neither a directory nor a session: no-such", "tmux list-sessions"],
    ["a directory and a session of one name", () => ["editor"], "both a directory and a session: editor", "fleet adopt ./editor"],
    ["an agent's worktree", () => [at("own-agent-there")], "an agent has this worktree already: agent-there", "fleet attach agent-there"],
    ["an agent's session", () => ["repo-made"], "the session is an agent's already: repo-made (made)", "fleet attach made"],
    ["several sessions there", () => [at("own-two")], "agent programs run in several sessions there: one-of-two, two-of-two", "fleet adopt '$"],
    ["panes in several checkouts", () => ["apart"], "the session has panes in several checkouts: apart", "--own-session"],
    ["the same, by its path", () => [at("own-apart")], "its session has panes in other checkouts too: apart", "--own-session"],
    ["several programs in a session", () => ["both"], "several agent programs run in the session: both", "-a KIND"],
    ["no program that is known", () => ["=editor"], "no agent program that fleet knows runs in the session: editor", "-a KIND"],
    ["a session in no worktree", () => ["nowhere"], "no pane of the session stands in a worktree: nowhere", "fleet adopt PATH"],
    ["its own base", () => [at("own-two"), "--own-session", "-b", "two"], "a branch can't be its own base: two", "--base"],
    ["a kind that there is not", () => [at("own-two"), "-a", "nope"], "no such kind: nope", "kinds"],
  ];
  for (const [name, words, message, hint] of CASES) {
    test(name, async () => {
      const before = [await place.traces(), await server.tmux("list-panes", "-a", "-F", "#{pane_id} #{session_name} #{@fleet_id}")];
      const ran = await fleet(["adopt", ...words()]);
      expect([ran.code, ran.stderr.includes(message), ran.stderr.includes(hint), ran.stderr]).toEqual([1, true, true, ran.stderr]);
      expect([await place.traces(), await server.tmux("list-panes", "-a", "-F", "#{pane_id} #{session_name} #{@fleet_id}")]).toEqual(before);
    });
  }

  test("an agent may not adopt at all", async () => {
    const { id } = await place.agent("made");
    const ran = await fleet(["adopt", two, "--own-session", "-a", "quiet"], { env: { FLEET_ID: id } });
    expect([ran.code, ran.stderr.includes("an agent may not adopt what it did not start")]).toEqual([1, true]);
  });

  test("a kind picks one of two programs, a session id one of two sessions, and the word says what an unknown program is", async () => {
    await ok(["adopt", "both", "-a", "other"]);
    expect((await place.agent("both")).kind).toBe("other");
    const id = await server.tmux("display-message", "-p", "-t", "=two-of-two:", "#{session_id}");
    await ok(["adopt", id]);
    expect(await place.agent("two")).toMatchObject({ session: "two-of-two" });
    expect((await fleet(["adopt", "=editor", "-a", "quiet"])).stderr).toMatch(/▲ nothing in %\d+ was recognised as quiet: what runs there is taken for it\n↳ fleet explain edited\n/);
    expect((await place.agent("edited")).session).toBe("editor");
    await ok(["kill", "both", "two", "edited", "agent-there", "made", "--yes"]);
    expect((await server.tmux("list-sessions", "-F", "#{session_name}")).split("\n").sort()).toEqual(["apart", "both", "editor", "main", "nowhere", "one-of-two", "two-of-two"]);
  });
});
