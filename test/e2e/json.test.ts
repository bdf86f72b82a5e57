// Every --json, called: what the compiled binary prints has the fields of the tables in src/reference/json, and each of those is seen filled.
import { beforeAll, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { JSON_OUTPUTS } from "../../src/reference/json/index";
import { paths } from "../../src/reference/json/shape";
import { binary } from "../helpers/binary";
import { standInForForge } from "../helpers/forge";
import { misfits } from "../helpers/json-shape";
import { openPlace } from "../helpers/place";
import { openTestRepo } from "../helpers/repo";
import { standInForClaude } from "../helpers/stand-in";
import { until } from "../helpers/until";

const place = await openPlace();
const { fleet, ok, repo, server } = place;
standInForClaude(server);
const gh = standInForForge(server, "gh");

/** Calls, as `list` or `list --counts`: what was printed, and by which words. */
const printed = new Map<string, { words: string[]; value: unknown }[]>();
function keep(call: string, words: string[], value: unknown): void {
  printed.set(call, [...(printed.get(call) ?? []), { words, value }]);
}
const lines = (text: string) => text.split("\n").filter(Boolean).map((line) => JSON.parse(line) as unknown);

/** `call` is the command and what its table calls the answer; `words` are what is typed. */
async function call(call: string, words: string[], options: { code?: number; env?: Record<string, string> } = {}): Promise<string> {
  const at = words.indexOf("--");
  const all = at < 0 ? [...words, "--json"] : [...words.slice(0, at), "--json", ...words.slice(at)];
  const ran = await fleet(all, { env: options.env ?? {} });
  if (ran.code !== (options.code ?? 0)) throw new Error(`fleet ${all.join(" ")} ended with ${ran.code}\n${ran.stderr}${ran.stdout}`);
  const [name = "", ...rest] = call.split(" ");
  const output = JSON_OUTPUTS[name]?.find((one) => one.with === rest.join(" "));
  if (!output) throw new Error(`src/reference/json has no answer: ${call}`);
  keep(call, all, output.gives === "an object a line" ? lines(ran.stdout) : JSON.parse(ran.stdout));
  return ran.stdout;
}

/** An answer that needs what no test has: which field, and why. */
const NEVER_FILLED: Record<string, string> = {
  "answer selected": "the screens of some programs tell",
  "queue sending": "fleet is cut off between two keys",
};

const config = (text: string) => writeFileSync(join(server.fleetHome, "config.toml"), text);
const own = async (branch: string) => openTestRepo(server, (await place.agent(branch)).worktree);

beforeAll(async () => {
  repo.write("kept.txt", "one\n");
  await repo.commit("A file");
  await repo.git("init", "-q", "--bare", join(server.root, "remote.git"));
  await repo.git("remote", "add", "origin", join(server.root, "remote.git"));
  await repo.git("push", "-q", "origin", "main");
  await call("next", ["next"]);

  await call("create", ["create", "asks", "-a", "demo", "-p", "ask May I tag it?", "-d"]);
  gh.view("issue", 5, { number: 5, url: "https://forge.example/acme/tool/issues/5", title: "Five", body: "say five", state: "OPEN", author: { login: "octocat" } });
  gh.view("pr", 6, { number: 6, url: "https://forge.example/acme/tool/pull/6", title: "Six", state: "OPEN", author: { login: "octocat" }, baseRefName: "main", headRefName: "six", isCrossRepository: false });
  await repo.git("push", "-q", "origin", "main:refs/pull/6/head");
  await call("create", ["create", "--issue", "5", "-a", "demo", "-d"]);
  await call("create", ["create", "--pr", "6", "-a", "demo", "-d"]);
  await call("create", ["create", "spender", "-a", "claude", "-p", "x", "-d"]);
  await repo.git("worktree", "add", "-q", "-b", "by-hand", join(server.root, "by-hand"));
  await call("adopt", ["adopt", "../by-hand", "-a", "demo", "-b", "main"]);
  await repo.git("worktree", "add", "-q", "-b", "by-hand-2", join(server.root, "by-hand-2"));
  await call("adopt", ["adopt", "../by-hand-2", "-a", "demo", "-b", await repo.git("rev-parse", "HEAD")]);
  await call("fanout --dry-run", ["fanout", "2", "pair", "-a", "demo", "-p", "say hello", "--dry-run"]);
  await call("fanout", ["fanout", "2", "pair", "-a", "demo", "-p", "say hello {{n}}"]);
  await call("multi --dry-run", ["multi", "one:say one", "-a", "demo", "--dry-run"]);
  await call("multi", ["multi", "one:say one", "two:write kept.txt two\ncommit Two", "-a", "demo"]);
  config('[setup]\nrun = ["case $FLEET_BRANCH in *-2) exit 1;; esac"]\n');
  await call("multi", ["multi", "half-1:work 60", "half-2:say b", "half-3:work 60", "-a", "demo", "--atomic"], { code: 1 });
  await call("fanout", ["fanout", "3", "third", "-p", "work 60", "-a", "demo", "--atomic"], { code: 1 });
  config("");
  const { id } = await place.agent("pair-1");
  await ok(["create", "kid", "-a", "demo", "-p", "write shared.txt kid\\n\ncommit Kid", "-d"], { env: { FLEET_ID: id } });
  await ok(["create", "other", "-a", "demo", "-p", "write shared.txt other\\n\ncommit Other", "-d"]);
  await ok(["create", "over", "-a", "demo", "-p", "exit 3", "-d"]);
  await ok(["create", "gone", "-a", "demo", "-p", "write gone.txt x", "-d"]);
  await ok(["create", "ready", "-a", "demo", "-p", "write ready.txt yes\ncommit Ready", "-d"]);
  await place.untilStatus("ready", "idle");
  // A worktree of another branch within can't be there twice.
  await repo.git("-C", (await place.agent("ready")).worktree, "worktree", "add", "-q", "--detach", "within");
  await call("fork", ["fork", "ready", "ready-fork", "-d"]);
  await repo.git("worktree", "remove", "--force", join((await place.agent("ready")).worktree, "within"));
  for (const branch of ["pair-1", "pair-2", "one", "two", "kid", "other", "gone", "ready"]) await place.untilStatus(branch, "idle");
  await place.untilStatus("asks", "waiting");
  await place.untilStatus("over", "exited");
  repo.write("kept.txt", "three\n");
  await repo.commit("Another line");
}, 120_000);

test("what is read", async () => {
  const conflict = await until(async () => {
    const agents = await place.list("--all");
    const found = (branch: string) => agents.find((one) => one.branch === branch)!;
    return found("two")["merge"] === "conflicts" && (found("kid")["overlaps"] as unknown[]).length > 0 && found("spender")["costPartial"] === false && found("asks")["cpu"] !== null && found("spender");
  }, { what: "all figures of the list", show: () => ok(["list", "--all"]) });
  expect(conflict["cost"]).toBeGreaterThan(0);
  await call("list", ["list", "--all"]);
  gh.open([{
    number: 6, url: "https://forge.example/acme/tool/pull/6", state: "OPEN", isDraft: false, headRefName: "six", isCrossRepository: false, reviewDecision: "APPROVED", mergeable: "MERGEABLE",
    createdAt: new Date().toISOString(), statusCheckRollup: [{ __typename: "CheckRun", name: "lint", status: "COMPLETED", conclusion: "FAILURE" }],
  }]);
  await call("list", ["list", "--all", "--pr"]);
  gh.open([]);
  await call("list --counts", ["list", "--counts"]);
  await call("next", ["next"]);
  await call("wait", ["wait", "pair-*"]);
  await call("wait", ["wait", "two", "kid", "over", "asks", "--any", "--status", "exited", "--status", "waiting"]);
  await call("answer", ["answer", "asks"]);
  await call("logs", ["logs", "--batch", "pair"]);
  await call("path", ["path", "two"]);
  await call("cost", ["cost"]);
  await call("cost", ["cost", "--by", "batch"]);
  for (const branch of ["asks", "over", "spender"]) await call("explain", ["explain", branch]);
  await call("batch", ["batch"]);
  await call("compare", ["compare", "two", "kid", "other", "--run", "echo 7"]);
  await call("compare", ["compare", "pair", "--run", "exit 4"]);
  await call("exec", ["exec", "two", "kid", "--", "echo", "hello"]);
  await call("exec --dry-run", ["exec", "two", "--dry-run", "--", "true"]);
  (await own("pair-2")).write("picture", "\0\u0001");
  for (const branch of ["two", "pair-2"]) await call("diff", ["diff", branch]);
  await call("config", ["config"]);
  await call("config path", ["config", "path"]);
  await call("config validate", ["config", "validate"]);
  await call("doctor", ["doctor"], { code: (await fleet(["doctor", "--json"])).code! });
  await call("version", ["version"]);
  await call("skill", ["skill"]);
  await call("skill install", ["skill", "install", join(server.root, "skill.md")]);
  expect(JSON.parse(await ok(["--version", "--json"]))).toEqual(JSON.parse(await ok(["version", "--json"])));
}, 60_000);

test("what is watched: a line for each agent, then for each change", async () => {
  const words = ["list", "--all", "--watch", "--json"];
  const child = Bun.spawn([await binary(), ...words], { cwd: repo.path, env: server.env, stdout: "pipe", stderr: "ignore" });
  let text = "";
  const reading = (async () => { for await (const bytes of child.stdout) text += Buffer.from(bytes).toString(); })();
  await until(async () => text.includes('"over"'), { what: "the agents", show: () => text });
  await ok(["kill", "over", "--yes"]);
  await until(async () => text.includes('"removed"'), { what: "the removal", show: () => text });
  child.kill("SIGINT");
  await Promise.all([reading, child.exited]);
  keep("list --watch", words, lines(text));
}, 30_000);

test("what is queued", async () => {
  await ok(["prompt", "asks", "--when-idle", "say later"]);
  await ok(["prompt", "asks", "--after", "pair-1", "say later"]);
  await ok(["multi", "slow-1:work 60", "slow-2:work 60", "-a", "demo", "--max-running", "1", "-d", "--yes"]);
  // What stands in the input box is not written over.
  await server.tmux("send-keys", "-l", "-t", (await place.agent("pair-2")).pane!, "half a sentence");
  await place.fleet(["prompt", "pair-2", "--when-idle", "say later"]);
  await until(async () => /problem/.test(await ok(["queue"])) && !/cut off/.test(await ok(["queue"])), { what: "a problem", show: () => ok(["queue"]) });
  await call("queue", ["queue"]);
  await ok(["queue", "cancel", "--all"]);
}, 30_000);

test("what is changed", async () => {
  await call("rename", ["rename", "one", "uno"]);
  await call("sync", ["sync", "ready"]);
  await call("pr", ["pr", "ready"]);
  await call("merge", ["merge", "ready"]);
  (await own("gone")).write("more.txt", "x\n");
  await ok(["kill", "gone", "--yes", "--force"]);
  await call("undo --list", ["undo", "--list"]);
  await call("undo", ["undo", "gone"]);
  await call("keep", ["keep", "pair-1", "--yes"]);
  await ok(["undo", "pair-2"]);
  await call("keep", ["keep", "pair-2", "--merge", "--commit", "--yes"]);
  const left = await repo.git("-c", "user.email=fleet@localhost", "commit-tree", "-m", "Of a merge that nothing tells of", "HEAD^{tree}");
  await repo.git("update-ref", `refs/fleet/merged/${(await place.list("--all")).find(({ branch }) => branch === "gone")!.id}-aaaa`, left);
  // One that holds uncommitted work is named, and stays.
  await call("gc", ["gc", "--older", "0s", "--yes"], { code: 1 });
  writeFileSync(join(server.fleetHome, "state.json.4194304.tmp"), "half");
  await call("doctor", ["doctor", "--fix"], { code: (await fleet(["doctor"])).code! });
  config('colour = "red"\n');
  repo.write(".ai_fleet.toml", '[agent]\ndefault = "demo"\n[worktree]\ncopy = ["x"]\n');
  await call("config validate", ["config", "validate"], { code: 1 });
  config('[agent]\ndefault = "demo"\n[kinds.mine]\ncommand = ["sh", "-c", "true"]\n');
  await call("config", ["config"]);
}, 60_000);

test("fits the tables, in every command that has one: a field that is new is a row of src/reference/json, and bun run generate", () => {
  const wrong = [...printed].flatMap(([name, calls]) => calls.flatMap(({ words, value }) => {
    const [command = "", ...rest] = name.split(" ");
    const output = JSON_OUTPUTS[command]!.find((one) => one.with === rest.join(" "))!;
    return misfits(value, output).map((text) => `fleet ${words.join(" ")}: ${text}`);
  }));
  expect([...new Set(wrong)]).toEqual([]);
});

test("has been called in every way that the tables know, and every field had a value: call what is missing in this file", () => {
  const missing = Object.entries(JSON_OUTPUTS).flatMap(([command, outputs]) => outputs.flatMap((output) => {
    const name = [command, output.with].filter(Boolean).join(" ");
    const seen = new Set<string>();
    for (const { value } of printed.get(name) ?? []) misfits(value, output, seen);
    const known = output.like === undefined ? new Set<string>() : new Set([...paths(JSON_OUTPUTS[output.like]![0]!.fields)].map(([path]) => path));
    return [...paths(output.fields)].map(([path]) => path).filter((path) => !seen.has(path) && !known.has(path)).map((path) => `${name} ${path}`);
  }));
  expect(missing.sort()).toEqual(Object.keys(NEVER_FILLED).sort());
});
