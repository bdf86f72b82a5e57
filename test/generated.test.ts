// Generated texts are committed; a table that changed without `bun run generate` fails here.
import { expect, test } from "bun:test";
import type { Row } from "../src/reference/wording";
import { commandHelp, overview } from "../src/reference/help";
import { manPage, roff } from "../src/reference/man";
import { fillBlocks } from "../src/reference/readme";
import { allCommands, findCommand } from "../src/commands/index";
import { GLOBAL_FLAGS } from "../src/base/command";
import { stale } from "../scripts/generate";

const COMMANDS = await allCommands();

test("the man page and the README's blocks are what the tables say (bun run generate mends them)", async () => {
  expect(await stale()).toEqual([]);
});

test("every command has a summary that begins with a verb in small letters, and at least one example of its own", () => {
  for (const row of COMMANDS.filter((command) => !command.internal)) {
    expect(row.summary).toMatch(/^[a-z].*[^.]$/);
    expect(row.examples.length).toBeGreaterThan(0);
    for (const { run } of row.examples) expect(run).toContain(`fleet ${row.name}`);
  }
});

test("no flag of a command takes a name or a short letter that every command has", () => {
  const taken: Record<string, { short?: string }> = GLOBAL_FLAGS;
  const shorts = Object.values(taken).map((flag) => flag.short);
  for (const row of COMMANDS) {
    const own = Object.values(row.flags).flatMap((flag) => (flag.short ? [flag.short] : []));
    expect(new Set(own).size).toBe(own.length);
    for (const [name, flag] of Object.entries(row.flags)) {
      expect(taken[name]).toBeUndefined();
      if (flag.short) expect(shorts).not.toContain(flag.short);
    }
  }
});

test("internal commands are in no help and not in the man page", () => {
  const internal = COMMANDS.filter((row) => row.internal).map((row) => row.name);
  for (const name of internal) {
    expect(overview(COMMANDS)).not.toMatch(new RegExp(`^  ${name} `, "m"));
    expect(manPage(COMMANDS)).not.toContain(`fleet ${name.replaceAll("-", "\\-")} `);
  }
});

const row: Row = {
  name: "paint", group: "Work", summary: "paint a wall", doc: "First.\n\nSecond.",
  args: [{ name: "wall", doc: "which wall" }, { name: "colour", doc: "which colour", optional: true, many: true }],
  flags: { coats: { type: "number", short: "c", value: "N", doc: "how often" }, dry: { type: "boolean", doc: "wait" } },
  rest: { name: "ARGS", doc: "for the brush" },
  examples: [{ run: "fleet paint north", does: "paint one" }],
};

test("help of a command shows its usage, arguments, flags with long names, and examples", () => {
  const help = commandHelp(row);
  expect(help).toContain("Usage: fleet paint <wall> [colour…] [flags] [-- ARGS…]");
  expect(help).toContain("  -c, --coats N  how often");
  expect(help).toContain("      --dry      wait");
  expect(help).toContain("  -- ARGS…   for the brush");
  expect(help).toContain("  # paint one\n  fleet paint north");
});

test("roff text begins no request and keeps its hyphens and backslashes", () => {
  expect(roff(".so /etc/passwd\n'x \\n --y")).toBe("\\&.so /etc/passwd\n\\&'x \\en \\-\\-y");
});

test("README blocks go between their markers; an unknown, unclosed or missing one is an error", () => {
  const marked = (name: string, body: string) => `a\n<!-- generated: ${name}; bun run generate -->\n${body}<!-- end -->\nb\n`;
  expect(fillBlocks(marked("x", "old\n"), { x: "new" })).toBe(marked("x", "new\n"));
  expect(fillBlocks(marked("x", ""), { x: "$& kept" })).toBe(marked("x", "$& kept\n"));
  expect(() => fillBlocks(marked("y", ""), { x: "new" })).toThrow("no block of that name: y");
  expect(() => fillBlocks("nothing", { x: "new" })).toThrow("no place for: x");
  expect(() => fillBlocks("<!-- generated: x; bun run generate -->\nold", { x: "new" })).toThrow("not closed: x");
});

test("a command is found by the name that its row has", async () => {
  for (const row of COMMANDS) expect(await findCommand(row.name)).toBe(row);
  expect(await findCommand("constructor")).toBeUndefined();
});
