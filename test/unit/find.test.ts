// What a person types → agents.
import { expect, test } from "bun:test";
import type { Agent } from "../../src/base/model";
import { findAgent, findAgents, type Here, ownAgent } from "../../src/fleet/find";
import { anAgent } from "../helpers/model";
import { refusal } from "../helpers/refusal";

let n = 0;
const inRepo = (repo: string, branch: string, more: Partial<Agent> = {}): Agent =>
  anAgent({ branch, ...more }, { id: `id${String(n++).padStart(4, "0")}`, repo: `/r/${repo}/.git`, main: `/r/${repo}`, branch });

const login = inRepo("web", "login");
const fixA = inRepo("web", "fix-a");
const fixB = inRepo("web", "fix-b");
const apiFixA = inRepo("api", "fix-a");
const apiOnly = inRepo("api", "deploy");
const docsFixC = inRepo("docs", "fix-c");
const apiFixC = inRepo("api", "fix-c");
const agents = [login, fixA, fixB, apiFixA, apiOnly, docsFixC, apiFixC];
const web: Here = { repo: { common: "/r/web/.git" }, allRepos: false };
const nowhere: Here = { repo: null, allRepos: false };

test("an id names its agent from anywhere", () => {
  expect(findAgent(agents, apiOnly.record.id, web)).toBe(apiOnly);
});

test("a branch means the agent of this repo, also where another repo has one of that name", () => {
  expect(findAgent(agents, "fix-a", web)).toBe(fixA);
});

test("an agent answers to the branch it was created for and to the one it has now", () => {
  const moved = anAgent({ branch: "renamed" }, { id: "moved1", repo: "/r/web/.git", main: "/r/web" });
  moved.record.branch = "created";
  expect(findAgent([moved], "created", web)).toBe(moved);
  expect(findAgent([moved], "renamed", web)).toBe(moved);
});

test("a branch that this repo has not is found where it is unique", () => {
  expect(findAgent(agents, "deploy", web)).toBe(apiOnly);
  expect(findAgent(agents, "deploy", nowhere)).toBe(apiOnly);
});

test("a branch of several other repos is refused with repo:branch candidates, each of which works", () => {
  const refused = refusal(() => findAgent(agents, "fix-c", web));
  expect(refused.message).toBe("several agents match: fix-c");
  expect(refused.detail).toBe(`docs:fix-c  (${docsFixC.record.id})\napi:fix-c  (${apiFixC.record.id})`);
  expect(findAgent(agents, "api:fix-c", web)).toBe(apiFixC);
  expect(findAgent(agents, "docs:fix-c", nowhere)).toBe(docsFixC);
});

test("a near miss is suggested, something else is not", () => {
  expect(refusal(() => findAgent(agents, "logni", web)).hint).toBe("did you mean login?");
  const refused = refusal(() => findAgent(agents, "something-else", web));
  expect([refused.message, refused.hint]).toEqual(["no such agent: something-else", "fleet list"]);
});

test("a glob matches in this repo; repo:glob and --all-repos widen it", () => {
  expect(findAgents(agents, ["fix-*"], web)).toEqual([fixA, fixB]);
  expect(findAgents(agents, ["api:*"], web)).toEqual([apiFixA, apiOnly, apiFixC]);
  expect(findAgents(agents, ["*:fix-a"], web)).toEqual([fixA, apiFixA]);
  expect(findAgents(agents, ["fix-?"], { ...web, allRepos: true })).toEqual([fixA, fixB, apiFixA, docsFixC, apiFixC]);
  expect(findAgents(agents, ["fix-c"], { repo: { common: "/r/docs/.git" }, allRepos: false })).toEqual([docsFixC]);
});

test("outside of any repo a glob matches everywhere", () => {
  expect(findAgents(agents, ["deploy*"], nowhere)).toEqual([apiOnly]);
});

test("several names and globs give each agent once", () => {
  expect(findAgents(agents, ["fix-a", "fix-*", "login"], web)).toEqual([fixA, fixB, login]);
});

test("a glob that matches none is refused like a name", () => {
  expect(refusal(() => findAgents(agents, ["zzz*"], web)).message).toBe("no such agent: zzz*");
});

test("a branch with characters of a regular expression is only itself", () => {
  const odd = inRepo("web", "a.b+(c)");
  expect(findAgents([odd, inRepo("web", "aXb+(c)")], ["a.b*"], web)).toEqual([odd]);
});

test("a single name may be a glob that matches one", () => {
  expect(findAgent(agents, "log*", web)).toBe(login);
  expect(refusal(() => findAgent(agents, "fix-*", web)).message).toBe("several agents match: fix-*");
});

test("without a name it is the agent of the pane, else it is asked for", () => {
  expect(ownAgent(agents, login.record.id, "logs")).toBe(login);
  const refused = refusal(() => ownAgent(agents, undefined, "logs"));
  expect([refused.message, refused.hint]).toEqual(["no agent named", "fleet logs NAME   (fleet list shows the names)"]);
  expect(refusal(() => ownAgent(agents, "gone99", "logs")).message).toBe("no agent named");
});

test("escape codes in what was typed do not reach the terminal", () => {
  expect(refusal(() => findAgent(agents, "\u001b[31mx\u001b]0;t\u0007", web)).message).toBe("no such agent: x");
});
