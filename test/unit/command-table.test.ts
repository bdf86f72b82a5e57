// What every command owes to whoever calls it, held over the whole table.
import { describe, expect, test } from "bun:test";
import { GLOBAL_FLAGS } from "../../src/base/command";
import { allCommands } from "../../src/commands/index";
import { commandHelp } from "../../src/reference/help";

const rows = (await allCommands()).filter((row) => !row.internal);
/** attach goes there instead of telling; a completion script is for a shell, the commands of plugin are for tmux. */
const TELL_NOTHING = new Set(["attach", "completion", "plugin"]);

test("the table has the commands that the documents speak of", () => {
  expect(rows.map((row) => row.name)).toEqual(expect.arrayContaining(["create", "list", "prompt", "logs", "kill", "undo", "fanout", "multi", "batch", "config", "doctor"]));
});

describe.each(rows.map((row) => [row.name, row] as const))("%s", (name, row) => {
  const flags = Object.entries({ ...row.flags, ...GLOBAL_FLAGS });

  test("has help with a line of what it does, and examples that call it", () => {
    const help = commandHelp(row);
    expect(row.summary).toMatch(/^[a-z].*[^.]$/);
    expect(row.examples.length).toBeGreaterThan(0);
    for (const example of row.examples) {
      expect(example.run).toContain(`fleet ${name}`);
      expect(help).toContain(`  # ${example.does}\n  ${example.run}`);
    }
    for (const [flag, { doc }] of flags) expect([flag, doc, help.includes(`--${flag}`)]).toEqual([flag, expect.stringMatching(/\S/), true]);
  });

  test("has a long name for every short flag, and no short one twice", () => {
    for (const [flag] of flags) expect(flag).toMatch(/^[a-z][a-z-]+$/);
    const shorts = flags.flatMap(([, flag]) => flag.short ?? []);
    expect(shorts).toEqual([...new Set(shorts)]);
    for (const short of shorts) expect(short).toMatch(/^[A-Za-z]$/);
  });

  test("shows each call with --verbose", () => expect(flags.map(([flag]) => flag)).toContain("verbose"));

  if ((row.group === "Look" || row.group === "Set up") && !TELL_NOTHING.has(name)) {
    test("tells what it has to tell as JSON, too", () => expect(row.flags).toHaveProperty("json"));
  }
  if (row.group === "Work" || row.changes) {
    test("says what it would change with --dry-run", () => expect(row.flags).toHaveProperty("dry-run"));
  }
});

test("what ends agents takes no name from the pane it is called in, and has no short word for force", () => {
  for (const name of ["kill", "stop", "restart", "interrupt"]) {
    const row = rows.find((one) => one.name === name)!;
    expect(row.doc ?? "").not.toContain("in an agent's pane");
    expect(row.flags).not.toHaveProperty("all");
    expect(Object.entries(row.flags).find(([flag]) => flag === "force")?.[1].short).toBeUndefined();
  }
});
