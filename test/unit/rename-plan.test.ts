import { expect, test } from "bun:test";
import type { Agent, AgentRecord } from "../../src/base/model";
import { planRename, type RenameFacts } from "../../src/fleet/rename/plan";

const record = (change: Partial<AgentRecord> = {}) => ({ id: "aaaaaa", repo: "/r/.git", main: "/r", branch: "fix", worktree: "/w/fix", session: "r-fix", base: { branch: "main", commit: "c" }, ...change }) as AgentRecord;
const agent = (change: Partial<Agent> = {}) => ({ record: record(), branch: "fix", sessionName: "r-fix", ...change }) as Agent;
const facts = (change: Partial<RenameFacts> = {}): RenameFacts => ({ agent: agent(), branch: { local: null, remotes: [], clashes: [] }, allowed: true, records: [record()], repoThere: true, worktreeThere: true, ...change });

test("branch and session get the new name, and agents that start from it have another base", () => {
  const stacked = record({ id: "bbbbbb", branch: "on-top", base: { branch: "fix", commit: "c" } });
  const plan = planRename("login/form", facts({ records: [record(), stacked, record({ id: "cccccc", repo: "/other", branch: "x", base: { branch: "fix", commit: "c" } })] }));
  expect(plan.to).toEqual({ branch: "login/form", session: "r-login-form" });
  expect(plan.stacked).toEqual(["bbbbbb"]);
  expect(plan.lines).toContain("base      of on-top is login/form");
});

test("its own name does not stand in the way of one below it", () => {
  expect(planRename("fix/a", facts({ branch: { local: null, remotes: [], clashes: ["fix"] } })).to.branch).toBe("fix/a");
});

test("what is taken, not allowed, or not where it should be is refused", () => {
  const refused: [string, string, Partial<RenameFacts>][] = [
    ["other", "the branch is there already: other", { branch: { local: { oid: "o", worktree: "" }, remotes: [], clashes: [] } }],
    ["other", "an agent has this branch already: other", { records: [record(), record({ id: "bbbbbb", branch: "other" })] }],
    ["a/b", "git can't have both branches: a/b and a", { branch: { local: null, remotes: [], clashes: ["a"] } }],
    ["fix", "it has this name already: fix", {}],
    ["..", "git does not allow this branch name: ..", { allowed: false }],
    ["other", "fix has another branch checked out: elsewhere", { agent: agent({ branch: "elsewhere" }) }],
    ["other", "the worktree of fix is gone: /w/fix", { worktreeThere: false }],
    ["other", "its repository is not there: /r/.git", { repoThere: false }],
  ];
  for (const [to, message, change] of refused) expect(() => planRename(to, facts(change))).toThrow(message);
});
