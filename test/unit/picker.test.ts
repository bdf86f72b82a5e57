// What the picker hands to fzf: options by version, the person's colours, and agents as lines.
import { describe, expect, test } from "bun:test";
import { ACTION_KEYS, keysOf } from "../../src/base/keys";
import type { Agent } from "../../src/base/model";
import { actLine, boundKeys, previewLine } from "../../src/fleet/popup/binds";
import { HEADER_LINES, pickerInput, pickerOrder } from "../../src/fleet/popup/lines";
import { viewOf } from "../../src/fleet/popup/view";
import { coloursOf } from "../../src/ui/picker/colours";
import { featuresOf, isAtLeast, parseVersion } from "../../src/ui/picker/features";
import { pickerWords, type PickerSpec } from "../../src/ui/picker/options";
import { anAgent } from "../helpers/model";

describe("versions of fzf", () => {
  test("are read from what it says of itself, packaged or not", () => {
    expect(parseVersion("0.38.0 (debian)")).toEqual([0, 38]);
    expect(parseVersion("0.29\n")).toEqual([0, 29]);
    expect(parseVersion("1.2.3 (brew)")).toEqual([1, 2]);
    expect(parseVersion("fuzzy finder of another kind")).toBeNull();
  });

  test("are compared as numbers", () => {
    expect(isAtLeast([0, 100], [0, 38])).toBe(true);
    expect(isAtLeast([1, 0], [0, 38])).toBe(true);
    expect(isAtLeast([0, 9], [0, 38])).toBe(false);
  });

  test("know what came with them", () => {
    expect(featuresOf([0, 29])).toEqual({ ellipsis: false, otherLayout: false, separator: false, renews: false, track: false });
    expect(featuresOf([0, 38])).toEqual({ ellipsis: true, otherLayout: true, separator: true, renews: true, track: false });
    expect(featuresOf([0, 39]).track).toBe(true);
    expect(featuresOf([1, 0]).track).toBe(true);
  });
});

const SPEC: PickerSpec = {
  prompt: "agents ", filterPrompt: "filter: ", headerLines: 2, preview: "show {1}", side: "right", follow: true,
  keys: [{ key: "y", deed: { silent: "answer {1} (once), + more" } }, { key: "d", deed: { screen: "diff {1}" } }, { key: "j", deed: { does: "down" } }],
  filter: { key: "/", command: "note filter" }, leave: { keys: ["esc", "q"], command: "note at" },
  list: "cat rows", later: "sleep 1; cat rows", at: 3, colours: ["fg:red", "light"],
};

describe("the words for fzf", () => {
  test("0.29 gets nothing that it does not know, and lists anew by a key", () => {
    const words = pickerWords(SPEC, featuresOf([0, 29]));
    expect(words.join("\n")).not.toMatch(/--ellipsis|--no-separator|--track|,<|=load:|=start:|reload-sync|rebind|pos\(/);
    expect(words).toContain("--bind=y:+reload:cat rows");
  });

  test("0.38 renews itself and opens on its line", () => {
    const words = pickerWords(SPEC, featuresOf([0, 38]));
    expect(words).toContain("--bind=load:reload-sync:sleep 1; cat rows");
    expect(words).toContain("--bind=start:pos(3)");
    expect(words).not.toContain("--track");
    expect(pickerWords(SPEC, featuresOf([0, 39]))).toContain("--track");
  });

  test("commands are whole words, whatever signs they hold", () => {
    const words = pickerWords(SPEC, featuresOf([0, 38]));
    expect(words).toContain("--bind=y:execute-silent:answer {1} (once), + more");
    expect(words).toContain("--bind=d:execute:diff {1}");
  });

  test("letters that do nothing are not typed, and all of them are free while one filters", () => {
    const words = pickerWords(SPEC, featuresOf([0, 38]));
    expect(words).toContain("--bind=z:ignore");
    expect(words).not.toContain("--bind=y:ignore");
    const filter = words.find((word) => word.startsWith("--bind=/:"))!;
    const [, freed = ""] = /^--bind=\/:unbind\(([^)]*)\)\+enable-search\+change-prompt\(filter: \)/.exec(filter)!;
    expect(freed.split(",")).toEqual(expect.arrayContaining(["change", "space", "y", "d", "j", "q", "/", "z", "A", "7"]));
    expect(freed).not.toContain("esc");
  });

  test("a key may leave the picker, as the one that is for it does; a preview may begin at its top", () => {
    const words = pickerWords({ ...SPEC, follow: false, keys: [{ key: "=", deed: { leaves: "note {1}" } }] }, featuresOf([0, 29]));
    expect(words.filter((word) => word.startsWith("--bind==:") || word.startsWith("--bind=q:"))).toEqual(["--bind==:execute-silent:note {1}", "--bind==:+abort", "--bind=q:execute-silent:note at", "--bind=q:+abort"]);
    expect(words).toContain("--preview-window=right,50%,border-left");
    expect(pickerWords(SPEC, featuresOf([0, 29]))).toContain("--preview-window=right,50%,border-left,follow");
  });

  test("the person's colours come along", () => {
    expect(pickerWords(SPEC, featuresOf([0, 38])).filter((word) => word.startsWith("--color"))).toEqual(["--color=fg:red", "--color=light"]);
  });
});

describe("colours in FZF_DEFAULT_OPTS", () => {
  test("are taken in each way of writing them, and nothing else", () => {
    expect(coloursOf("--height=40% --color=dark,fg:#d0d0d0 --bind 'ctrl-a:abort' --color bg+:3 --multi")).toEqual(["dark,fg:#d0d0d0", "bg+:3"]);
    expect(coloursOf("--color 'fg:red,hl:\"x\"' --color=\"light\"")).toEqual(["fg:red,hl:\"x\"", "light"]);
    expect(coloursOf("# --color=none\n--reverse\n--color=16")).toEqual(["16"]);
    expect(coloursOf("--preview='echo --color=dark' --color")).toEqual([]);
    expect(coloursOf("")).toEqual([]);
  });
});

describe("the keys of the table", () => {
  const runner = { binary: "/opt/it's fleet", view: viewOf("/home/it's", 7, "/dev/pts/3", { columns: 178, rows: 43 }), client: "/dev/pts/3", pane: "%1" };

  test("are all bound, but those that filter and close", () => {
    const bound = boundKeys(runner).map(({ key }) => key);
    for (const row of ACTION_KEYS) {
      if (row.name === "filter" || row.name === "close") continue;
      for (const key of keysOf(row)) expect(bound.filter((one) => one === key)).toEqual([key]);
    }
  });

  test("no key is there twice", () => {
    const all = ACTION_KEYS.flatMap(keysOf);
    expect(new Set(all).size).toBe(all.length);
  });

  test("run fleet by ids, and by paths that sh reads as one word", () => {
    const line = actLine(runner, "kill", "{1}");
    const words = Bun.spawnSync(["sh", "-c", `for w in ${line.replace("{1}", "abc")}; do echo "$w"; done`]).stdout.toString().trim().split("\n");
    expect(words).toEqual(["/opt/it's fleet", "act", "kill", "--view", "/home/it's/cache/popups/7", "--client", "/dev/pts/3", "--pane", "%1", "abc"]);
  });

  test("the preview of a screen is tmux's alone", () => {
    expect(previewLine(runner)).toMatch(/in screen%\*\) printf '%s\\n' "\$\(tmux capture-pane -ep -t \{2\}\)";;/);
  });
});

describe("agents as lines", () => {
  const plain = (_: unknown, text: string) => text;
  const look = { width: 60, now: 1000, marked: new Set<string>(), message: "", style: plain, labelOf: (id: string) => `label of ${id}` };
  const agent = (branch: string, more: Partial<Agent> = {}) => anAgent({ branch, status: "idle", since: null, ...more }, { id: `id${branch.length}` });

  test("ids and panes stand in front, hidden; filters' words behind, out of sight", () => {
    const [one] = [agent("feat/x", { status: "waiting", pane: "%4" })];
    const lines = pickerInput([one!], look).trimEnd().split("\n");
    expect(lines).toHaveLength(HEADER_LINES + 1);
    const [id, pane, shown = ""] = lines[HEADER_LINES]!.split("\t");
    expect([id, pane]).toEqual([one!.record.id, "%4"]);
    expect(shown.slice(0, 60)).toMatch(/^ {2}feat\/x/);
    expect(shown.slice(60)).toMatch(/^ +status:waiting repo:web kind:demo$/);
  });

  test("text of an agent can't break its line, nor paint, nor look like another one", () => {
    const hostile = agent("a\tb\nc\u001b[31m", { doing: "x\ty\nz\u001b]0;t\u0007", status: "working" });
    const lines = pickerInput([hostile], look).trimEnd().split("\n");
    expect(lines).toHaveLength(HEADER_LINES + 1);
    expect(lines[HEADER_LINES]!.split("\t")).toHaveLength(3);
    expect(lines.join("")).not.toContain("\u001b");
  });

  test("those that wait come first, the snoozed after them, and marks stand in front", () => {
    const agents = [agent("late", { status: "waiting", since: 1, snooze: "5000" }), agent("busy", { status: "working", since: 2 }), agent("asks", { status: "waiting", since: 500 })];
    expect(pickerOrder(agents, 1000).map(({ branch }) => branch)).toEqual(["asks", "late", "busy"]);
    const lines = pickerInput(agents, { ...look, marked: new Set([agents[1]!.record.id]) }).split("\n");
    expect(lines[HEADER_LINES + 1]).toContain("\t● busy");
  });

  test("the top line sums up, or says what came of the last action; an empty list says what to do", () => {
    const top = (agents: Agent[], message = "") => pickerInput(agents, { ...look, message }).split("\n")[0]!.trim();
    expect(top([agent("a", { status: "waiting" }), agent("b", { status: "working" }), agent("c", { status: "working" })])).toBe("1 waiting · 2 working · ? shows the keys");
    expect(top([agent("a")], "✓ answered a: yes")).toBe("✓ answered a: yes");
    expect(top([])).toBe("no agents here yet: N starts one");
  });
});
