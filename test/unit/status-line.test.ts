import { describe, expect, test } from "bun:test";
import { newsOf } from "../../src/fleet/poll";
import { placed, replacePlaceholders, statusLineCommands, withoutStatusLine } from "../../src/fleet/status-line";
import type { StatusLine } from "../../src/ports/tmux/status-line";
import { lineOptions, PLACEHOLDERS, SEGMENTS } from "../../src/segments/index";
import { ICONS } from "../../src/segments/segment";

const line = (over: Partial<StatusLine> = {}): StatusLine => ({ version: "3.4", texts: {}, kept: {}, click: "switch-client -t =", agents: [], hidden: [], ...over });
const OPEN = ["display-message", "open"] as const;

describe("words in the person's texts", () => {
  test("each placeholder becomes what tmux understands, wherever it stands", () => {
    for (const [word, means] of Object.entries(PLACEHOLDERS)) expect(replacePlaceholders(`a ${word}|${word}`)).toBe(`a ${means}|${means}`);
  });
  test("what only looks like one stays", () => {
    for (const text of ["#{fleet_nothing}", "##{fleet}", "#{fleets}", "#{@fleet_line}", "fleet", "#{fleet", "####{fleet_cpu}"]) expect(replacePlaceholders(text)).toBe(text);
  });
  test("a doubled # before a placeholder stays doubled", () => expect(replacePlaceholders("###{fleet}")).toBe("###{E:@fleet_line}"));

  test("a text is kept as it was written, and found replaced a second time", () => {
    const texts = { "status-right": "#{fleet} %H", "status-left": "#S" };
    const first = placed({ texts, kept: {} });
    expect(first).toEqual({ "status-right": "#{E:@fleet_line} %H", "@fleet-_was-status-right": "#{fleet} %H" });
    expect(placed({ texts: { ...texts, "status-right": first["status-right"]! }, kept: { "status-right": "#{fleet} %H" } })).toEqual({});
  });
  test("what is kept of a text that was written anew since is forgotten", () => {
    expect(placed({ texts: { "status-right": "%H" }, kept: { "status-right": "#{fleet}" } })).toEqual({ "@fleet-_was-status-right": null });
  });
  test("the way back gives the text as it was, and leaves one that was written anew", () => {
    const back = (text: string) => withoutStatusLine(line({ texts: { "status-format[1]": text }, kept: { "status-format[1]": "x#{fleet_cpu}" } })).filter((command) => command.some((word) => word.includes("status-format")));
    expect(back("x#{E:@fleet_seg_cpu}")).toEqual([["set-option", "-gq", "--", "status-format[1]", "x#{fleet_cpu}"], ["set-option", "-gqu", "--", "@fleet-_was-status-format-1"]]);
    expect(back("mine")).toEqual([["set-option", "-gqu", "--", "@fleet-_was-status-format-1"]]);
  });
});

describe("a click", () => {
  const bound = (click: string) => statusLineCommands(line({ click }), OPEN).filter(([command]) => command === "bind-key");
  test("opens the popup on a segment, and elsewhere does what tmux does by itself", () => {
    expect(bound("switch-client -t =")).toEqual([["bind-key", "-T", "root", "MouseDown1Status", "if-shell", "-F", "#{==:#{mouse_status_range},fleet}", '"display-message" "open"', "switch-client -t ="]]);
  });
  test("is bound again when it is fleet's, and never where a person bound it or an older tmux has no such ranges", () => {
    expect(bound(`if-shell -F "#{==:#{mouse_status_range},fleet}" "old" "switch-client -t ="`)).toHaveLength(1);
    for (const click of ["select-window -t =", "display-message mine", ""]) expect(bound(click)).toEqual([]);
  });
  test("is tmux's own again afterwards, and a person's stays", () => {
    const back = (click: string) => withoutStatusLine(line({ click })).filter(([command]) => command === "bind-key");
    expect(back(`if-shell -F "#{==:#{mouse_status_range},fleet}" { x } { switch-client -t = }`)).toEqual([["bind-key", "-T", "root", "MouseDown1Status", "switch-client", "-t", "="]]);
    expect(back("display-message mine")).toEqual([]);
  });
});

describe("the options", () => {
  const options = lineOptions();
  test("no state of an agent is among them: set for all, it would be every session's", () => {
    for (const name of Object.keys(options)) expect(name).toMatch(/^@fleet_(line$|text_|seg_|part_)/);
  });
  test("a text that tmux expands by strftime(3) has at most 8 kB, and none has a date in it but the clock", () => {
    for (const [name, text] of Object.entries(options)) {
      expect(text.includes("%")).toBe(name === "@fleet_part_now");
      expect(text.length).toBeLessThan(8000);
    }
  });
  test("plain texts have no styles", () => {
    for (const [name, text] of Object.entries(options)) if (/text/.test(name)) expect(text).not.toContain("#[");
  });
  test("every segment has a seg and a text; all are taken back", () => {
    for (const { name } of SEGMENTS) expect([options[`@fleet_seg_${name}`], options[`@fleet_text_${name}`]].every(Boolean)).toBe(true);
    const unset = withoutStatusLine(line()).filter((words) => words[1] === "-gqu").map((words) => words.at(-1)!);
    expect(unset.sort()).toEqual(Object.keys(options).sort());
  });
});

test("every colour is read on black and on white: a contrast of 3 at least", () => {
  for (const { color } of Object.values(ICONS)) {
    if (color === "default") continue;
    const light = luminance(Number(color.slice("colour".length)));
    expect(Math.min(1.05 / (light + 0.05), (light + 0.05) / 0.05)).toBeGreaterThan(3);
  }
});

/** WCAG's relative luminance of an xterm colour. */
function luminance(index: number): number {
  const level = (i: number) => (i === 0 ? 0 : 55 + 40 * i);
  const grey = 8 + 10 * (index - 232);
  const cube = index - 16;
  const rgb = index >= 232 ? [grey, grey, grey] : [level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6)];
  const [r, g, b] = rgb.map((c) => (c / 255 <= 0.03928 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

describe("figures", () => {
  const look = (agents: [string, string, string][], cpu = "", mem = "", cost = "") => ({ agents: new Map(agents.map(([id, c, m]) => [id, { cpu: c, mem: m, pids: [1] }])), all: { cpu, mem, cost }, clients: [] });
  const mega = 1_048_576;
  test("only what reads differently is written", () => {
    const usage = new Map([["$1", { cpu: 12.4, memory: 40 * mega, processes: 2 }], ["$2", { cpu: 0, memory: 2 * mega, processes: 1 }]]);
    expect(newsOf(look([["$1", "12%", "40M"], ["$2", "1%", "2M"]], "12%", "42M"), usage)).toEqual({ agents: new Map([["$2", { cpu: "0%", mem: "2M" }]]), all: null });
    expect(newsOf(look([["$1", "12%", "40M"], ["$2", "0%", "2M"]], "", ""), usage).all).toEqual({ cpu: "12%", mem: "42M", cost: "" });
    expect(newsOf(look([["$1", "12%", "40M"], ["$2", "0%", "2M"]], "12%", "42M", "$1.00"), usage, "$1.50").all).toEqual({ cpu: "12%", mem: "42M", cost: "$1.50" });
  });
  test("without a process nothing is claimed, and without agents the sums go", () => {
    expect(newsOf(look([["$1", "3%", "1M"]], "3%", "1M"), new Map([["$1", { cpu: null, memory: null, processes: 0 }]]))).toEqual({ agents: new Map([["$1", { cpu: "", mem: "" }]]), all: { cpu: "", mem: "", cost: "" } });
    expect(newsOf(look([], "", ""), new Map())).toEqual({ agents: new Map(), all: null });
  });
});
