// The scripts for bash, zsh and fish, run in those shells where they are.
import { beforeAll, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Row } from "../../src/reference/wording";
import { bashCompletion } from "../../src/reference/completions/bash";
import { fishCompletion } from "../../src/reference/completions/fish";
import { zshCompletion } from "../../src/reference/completions/zsh";
import { privateServer } from "../helpers/server";

const server = await privateServer({ started: false });
const bin = join(server.root, "bin");

const rows: Row[] = [
  {
    name: "paint", group: "Work", summary: "paint a wall: it's [soon] dry",
    args: [{ name: "wall", doc: "which", completes: "agent", many: true }],
    flags: {
      coat: { type: "string", short: "c", choices: ["thin", "thick"], doc: "how: [it's] thick" },
      status: { type: "strings", completes: "status", doc: "which" },
      file: { type: "string", short: "f", completes: "file", doc: "from" },
    },
    rest: { name: "ARGS", doc: "for the brush" }, examples: [],
  },
  { name: "secret", group: "Internal", summary: "no", args: [], flags: {}, examples: [], internal: true },
];

/** A fleet that answers with names as git allows them. */
beforeAll(() => {
  mkdirSync(bin);
  writeFileSync(join(bin, "fleet"), `#!/bin/sh\ncat <<'END'\nfeat/login\nfix$(touch pwned)it\nfünf\nEND\n`);
  chmodSync(join(bin, "fleet"), 0o755);
});

function run(shell: string, script: string): string {
  const ran = Bun.spawnSync([shell, "-c", script], { cwd: server.root, timeout: 20_000, env: { ...server.env, PATH: `${bin}:${server.env["PATH"]}` } });
  expect(ran.stderr.toString()).toBe("");
  return ran.stdout.toString().trim();
}

function inBash(...words: string[]): string[] {
  writeFileSync(join(server.root, "c.bash"), bashCompletion(rows));
  const list = words.map((word) => `'${word}'`).join(" ");
  return run("bash", `. ./c.bash; COMP_WORDS=(fleet ${list}); COMP_CWORD=${words.length}; _fleet; printf '%s\\n' "\${COMPREPLY[@]}"`).split("\n");
}

test("bash completes commands, flags, choices, statuses and names, and runs nothing that a name says", () => {
  expect(inBash("pa")).toEqual(["paint"]);
  expect(inBash("sec")).toEqual([""]);
  expect(inBash("paint", "--co")).toEqual(["--coat"]);
  expect(inBash("paint", "-c", "thi")).toEqual(["thin", "thick"]);
  expect(inBash("paint", "--status", "wo")).toEqual(["working"]);
  expect(inBash("-C", "/tmp", "paint", "fe")).toEqual(["feat/login"]);
  expect(inBash("paint", "fi")).toEqual(["fix\\$\\(touch\\ pwned\\)it"]);
  expect(existsSync(join(server.root, "pwned"))).toBe(false);
});

const ifThere = (shell: string) => test.if(Bun.which(shell) !== null);

ifThere("fish")("fish completes the same", () => {
  writeFileSync(join(server.root, "c.fish"), fishCompletion(rows));
  const inFish = (line: string) => run("fish", `source ./c.fish; complete -C '${line}'`).split("\n");
  expect(inFish("fleet pa")).toEqual(["paint\tpaint a wall: it's [soon] dry"]);
  expect(inFish("fleet paint -c thi").map((line) => line.split("\t")[0])).toEqual(["thick", "thin"]);
  expect(inFish("fleet paint fix")).toEqual(["fix$(touch pwned)it"]);
  expect(inFish("flt pa")).toHaveLength(1);
  expect(existsSync(join(server.root, "pwned"))).toBe(false);
});

ifThere("zsh")("zsh takes the script, and its specifications", () => {
  writeFileSync(join(server.root, "c.zsh"), zshCompletion(rows));
  run("zsh", "zsh -n ./c.zsh; autoload -Uz compinit; compinit -u -D; source ./c.zsh; [[ $_comps[fleet] == _fleet && $_comps[flt] == _fleet ]] || echo not >&2");
  // A key press in a terminal of its own: the only way to run a zsh completion whole.
  const listing = run("zsh", `zmodload zsh/zpty; zpty z "PS1= zsh -f -i"; zpty -w z 'autoload -Uz compinit; compinit -u -D; source ./c.zsh; echo ready'
    zpty -r z out '*ready*ready*'; zpty -n -w z "fleet paint fi"$'\\t'; zpty -r -m z out '*pwned*it*'; print -r -- "$out"; zpty -d z`);
  expect(listing).toContain("fix\\$\\(touch\\ pwned\\)it");
  expect(existsSync(join(server.root, "pwned"))).toBe(false);
});
