// One merge of an agent in a random state into a target in a random state: undone, or refused with everything where it was.
import { expect } from "bun:test";
import { pictureOf } from "./picture";
import { type Agent, type Case, certainFeature, count, expectSame, inState, type Lane } from "./random-lane";
import { openTestRepo } from "./repo";
import { disturb, type Random, seeded } from "./worktree-states";

/** How often each came of it, over all lanes. */
export const outcomes: Record<string, number> = {};

const RESTLESS = ["nested", "nestedTracked", "submodule"];

export async function mergeCase(lane: Lane, agent: Agent, one: Case, contextOf: (done: readonly string[]) => string): Promise<void> {
  const { fleet, server, repo } = lane;
  const { branch, id, worktree } = agent;
  const random = seeded(one.seed + 1);
  // Every other case has little that stands in a merge's way, so that each feature is merged.
  const calm = one.n % 2 === 0;
  const done = await inState(lane, agent, one, { stands: !calm && random() < 0.25, without: calm || random() < 0.6 ? RESTLESS : [], module: "restingModule" });
  if (random() < 0.3) await openTestRepo(server, worktree).commit("All").catch(() => {});
  if (random() < 0.7) done.push("—", ...(await moveBase(lane, random, calm ? ["conflict"] : [])));
  if (certainFeature(one) === "dirty target" || random() < 0.3) {
    done.push(...(await disturb(server, repo.path, random, { stands: false, most: calm ? 0.02 : 0.2, always: ["stagedAndMore"] })).map((name) => `target ${name}`), "dirty target");
  }
  const way = [[], ["--squash"], ["--rebase"], ["--ff"]][Math.floor(random() * (calm ? 3 : 3.6))]!;
  const words = ["merge", branch, "--into", "main", "--commit", ...way, ...(random() < 0.4 ? ["--keep"] : []), ...(random() < 0.3 ? ["--run", calm || random() < 0.5 ? "true" : "exit 4"] : [])];
  const context = `${words.join(" ")}: ${contextOf(done)}`;
  const state = async () => ({
    agent: await pictureOf(server, worktree, { loose: true }),
    target: await pictureOf(server, repo.path, { loose: true }),
    refs: await repo.git("for-each-ref", "--format=%(refname) %(objectname)", "refs/heads/main", `refs/heads/${branch}`),
  });
  const before = await state();
  const ran = await fleet(words);
  const merged = ran.stderr.includes("✓ merged:");
  if (merged) {
    const back = await fleet(["undo", id]);
    expect([context, back.code, back.code === 0 ? "" : back.stderr]).toEqual([context, 0, ""]);
  }
  const after = await state();
  expectSame(`${context}\n${ran.stderr}`, before.agent, after.agent);
  expectSame(`${context}\n${ran.stderr}`, before.target, after.target);
  expect([context, after.refs]).toEqual([context, before.refs]);
  count(lane, "merge", done, merged);
  const what = merged ? `merged ${way.join("")}` : (/✗ (.*)/.exec(ran.stderr)?.[1] ?? /○ (nothing to merge)/.exec(ran.stderr)?.[1] ?? "?").replaceAll(branch, "X").replace(/\d+/g, "N").slice(0, 60);
  outcomes[what] = (outcomes[what] ?? 0) + 1;
}

/** The base moves on, in ways that a merge has to think about. */
async function moveBase({ repo }: Lane, random: Random, without: readonly string[]): Promise<string[]> {
  const steps: Record<string, () => Promise<unknown>> = {
    edit: async () => repo.write("d2/x.txt", "edited on main\n"),
    crlf: async () => repo.write("crlf.txt", "one\r\ntwo\r\nthree on main\r\n"),
    rename: () => repo.git("mv", "d3", "moved-on-main"),
    caseRename: () => repo.git("mv", "d4/x.txt", "d4/X.txt"),
    remove: () => repo.git("rm", "-q", "t/0.txt"),
    binary: async () => repo.write("bin.dat", "no more\0binary\n"),
    conflict: async () => repo.write("c.txt", `main ${random()}\n`),
    ignoredHere: async () => repo.write("work.txt", "came to main too\n"),
  };
  const done = Object.keys(steps).filter((step) => random() < 0.25 && !without.includes(step));
  for (const step of done) await steps[step]!();
  if (done.length > 0) await repo.commit("Main moves on");
  return done.map((step) => `main ${step}`);
}
