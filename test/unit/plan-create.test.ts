// What a create decides before it does anything.
import { expect, test } from "bun:test";
import { type CreateFacts, type CreateRequest, notesOn, planCreate } from "../../src/fleet/create/plan";
import { demo } from "../../src/kinds/demo";
import { aRecord, aRepo, COMMIT } from "../helpers/model";
import { refusal as refusalOf } from "../helpers/refusal";

const OTHER = "2".repeat(40);
const noBranch: CreateFacts["branch"] = { local: null, remotes: [], clashes: [] };

const facts = (more: Partial<CreateFacts> = {}): CreateFacts => ({
  id: "newone",
  conversation: "11111111-2222-4333-8444-555555555555",
  repo: aRepo(),
  kind: demo,
  path: "/usr/bin",
  branch: noBranch,
  base: { branch: "main", commit: COMMIT },
  mergeBase: null,
  agents: [],
  worktreeRoot: "/w",
  socket: "/s",
  parent: null,
  exists: () => false,
  now: "2026-01-02T03:04:05.000Z",
  ...more,
});

const request = (more: Partial<CreateRequest> = {}): CreateRequest => ({ branch: "login-form", prompt: null, existing: false, batch: null, args: [], ...more });

const refusal = (wanted: Partial<CreateRequest>, known: Partial<CreateFacts>) => refusalOf(() => planCreate(request(wanted), facts(known)));

test("a new branch starts at the base's commit, in a worktree outside of the checkout", () => {
  const plan = planCreate(request({ prompt: "  Add a\nlogin   form  ", args: ["--model", "x"], batch: "b1" }), facts());
  expect(plan.worktree).toMatchObject({ branch: "login-form", how: "new", start: COMMIT });
  expect(plan.worktree.path).toMatch(/^\/w\/web-[0-9a-f]{6}\/login-form$/);
  expect(plan.record).toMatchObject({
    id: "newone", branchCreated: true, kind: "demo", batch: "b1", base: { branch: "main", commit: COMMIT }, title: "Add a login form",
    session: "web-login-form", slot: 1, args: ["--model", "x"], path: "/usr/bin", worktree: plan.worktree.path, placed: [],
  });
  expect(plan.prompt).toBe("  Add a\nlogin   form  ");
  expect(notesOn(plan, null)).toEqual([]);
});

test("an existing local branch is used only when that was said, and is never marked as made by fleet", () => {
  const branch = { ...noBranch, local: { oid: OTHER, worktree: "" } };
  const refused = refusal({}, { branch });
  expect([refused.message, refused.hint]).toEqual(["the branch exists: login-form", "fleet create login-form --existing"]);
  const plan = planCreate(request({ existing: true }), facts({ branch, mergeBase: OTHER }));
  expect(plan.worktree).toMatchObject({ how: "existing", branch: "login-form" });
  expect(plan.record).toMatchObject({ branchCreated: false, base: { branch: "main", commit: OTHER } });
});

test("a remote branch is tracked, and the local one that this makes is fleet's", () => {
  const branch = { ...noBranch, remotes: ["origin/login-form"] };
  expect(refusal({}, { branch }).message).toBe("the branch exists: login-form (origin/login-form)");
  const plan = planCreate(request({ existing: true }), facts({ branch, mergeBase: OTHER }));
  expect(plan.worktree).toMatchObject({ how: "track", start: "origin/login-form" });
  expect(plan.record.branchCreated).toBe(true);
});

test("a branch that a request has begins at the request's commit, and is measured from where that parted from its target", () => {
  const head = { commit: OTHER, follows: null, flag: "--pr 7" };
  const ofRequest = { number: 7, url: "u", head: "feature", remote: null };
  const fork = planCreate(request({ head, request: ofRequest, title: "#7 Fix" }), facts({ branch: { ...noBranch, remotes: ["origin/login-form"] }, mergeBase: "3".repeat(40) }));
  expect(fork.worktree).toMatchObject({ how: "at", start: OTHER });
  expect(fork.record).toMatchObject({ branchCreated: true, base: { branch: "main", commit: COMMIT }, title: "#7 Fix", request: ofRequest });
  expect(notesOn(fork, { dirty: 1, behind: 1, upstream: "origin/main" })).toEqual([]);
  const own = planCreate(request({ head: { ...head, follows: "up/feature" } }), facts({ branch: { ...noBranch, remotes: ["origin/login-form"] } }));
  expect(own.worktree).toMatchObject({ how: "track", start: "up/feature" });
});

test("a branch of a request's name that is here is taken only when that was said", () => {
  const head = { commit: OTHER, follows: null, flag: "--pr 7" };
  const branch = { ...noBranch, local: { oid: OTHER, worktree: "" } };
  expect(refusal({ head }, { branch }).hint).toBe("fleet create --pr 7 --existing   ·   fleet create OTHER-NAME --pr 7");
  expect(planCreate(request({ head, existing: true }), facts({ branch, mergeBase: OTHER })).record).toMatchObject({ branchCreated: false });
  expect(planCreate(request({ head, existing: true }), facts()).worktree.how).toBe("at");
  expect(refusal({ head }, { branch: { ...branch, local: { oid: OTHER, worktree: "/w/x" } } }).hint).toBe("fleet create login-form-2 --pr 7");
});

test("a branch of several remotes is not guessed", () => {
  const refused = refusal({ existing: true }, { branch: { ...noBranch, remotes: ["origin/login-form", "fork/login-form"] } });
  expect([refused.message, refused.hint]).toEqual(["several remotes have the branch: origin/login-form, fork/login-form", "git branch login-form origin/login-form"]);
});

test("--existing of a branch that nobody has is refused", () => {
  expect(refusal({ existing: true }, {}).message).toBe("no such branch: login-form");
});

test("an agent's name again is refused with the way to it", () => {
  const refused = refusal({}, { agents: [aRecord({ branch: "login-form" })] });
  expect([refused.message, refused.hint]).toEqual(["an agent has this branch already: login-form", "fleet attach login-form"]);
});

test("the same name in another repo is no clash", () => {
  expect(planCreate(request(), facts({ agents: [aRecord({ branch: "login-form", repo: "/r/other/.git" })] })).record.slot).toBe(2);
});

test("a branch checked out elsewhere is refused with the place, and with a name that works", () => {
  const branch = { ...noBranch, local: { oid: OTHER, worktree: "/r/web" } };
  const refused = refusal({ branch: "main", existing: true }, { branch });
  expect([refused.message, refused.hint]).toEqual(["the branch is checked out elsewhere: main in /r/web", "fleet create main-2 --base main"]);
});

test("branches that git can't have side by side are refused", () => {
  const refused = refusal({ branch: "feat/x" }, { branch: { ...noBranch, clashes: ["feat"] } });
  expect([refused.message, refused.hint]).toEqual(["git can't have both branches: feat/x and feat", "fleet create feat-x"]);
});

test("a hint is a line that the shell takes as it is meant", () => {
  const branch = "it's;$(x)";
  expect(refusal({ branch }, { agents: [aRecord({ branch })] }).hint).toBe(`fleet attach 'it'\\''s;$(x)'`);
});

test("a worktree root inside the checkout is refused, a sibling of a like name is not", () => {
  const refused = refusal({}, { worktreeRoot: "/r/web/.worktrees" });
  expect(refused.message).toStartWith("worktrees would lie inside the checkout: /r/web/.worktrees/web-");
  expect(refused.hint).toStartWith("fleet config edit");
  expect(planCreate(request(), facts({ worktreeRoot: "/r/web-worktrees" })).record.worktree).toStartWith("/r/web-worktrees/");
});

test("a root inside the worktree that one stands in is refused too", () => {
  expect(refusal({}, { repo: aRepo({ top: "/w/web-1/other" }), worktreeRoot: "/w/web-1/other" }).message).toStartWith("worktrees would lie inside");
});

test("a directory that is taken gets a number, because a/b and a-b are different branches", () => {
  const first = planCreate(request({ branch: "a/b" }), facts()).record.worktree;
  const second = planCreate(request({ branch: "a-b" }), facts({ exists: (path) => path === first })).record.worktree;
  expect(second).toBe(`${first}-2`);
});

test("uncommitted changes and a base behind its upstream are said, each once", () => {
  const plan = planCreate(request(), facts());
  expect(notesOn(plan, { dirty: 2, behind: 3, upstream: "origin/main" })).toEqual([
    "main is 3 behind origin/main: git pull first, or --base origin/main",
    "2 uncommitted changes do not go along: the agent starts from the last commit",
  ]);
  expect(notesOn(plan, { dirty: 1, behind: 0, upstream: null })).toEqual(["1 uncommitted change does not go along: the agent starts from the last commit"]);
});

test("with an existing branch nothing is said of a base that it does not start from", () => {
  const branch = { ...noBranch, local: { oid: OTHER, worktree: "" } };
  const plan = planCreate(request({ existing: true }), facts({ branch }));
  expect(notesOn(plan, { dirty: 2, behind: 3, upstream: "origin/main" })).toEqual([]);
});
