// The skill file: whole, true to the tables, and never written over what is somebody else's.
import { describe, expect, test } from "bun:test";
import { AGENT_ENVIRONMENT } from "../../src/base/agent-environment";
import { STATUSES } from "../../src/base/model";
import { allCommands, findCommand } from "../../src/commands/index";
import { planSkill, type SkillFacts } from "../../src/fleet/skill";
import { skillOrigin, skillText } from "../../src/reference/skill";
import { EXIT_CODES } from "../../src/reference/wording";
import { parseCommand } from "../../src/ui/parse";

const COMMANDS = await allCommands();
const sum = (text: string) => String(text.length);
const text = skillText(COMMANDS, sum);

test("has the front matter that readers of skills want: a name as its directory, a description of what and when, within their limits", () => {
  const [, front = "", body = ""] = /^---\n([^]*?)\n---\n([^]*)$/.exec(text)!;
  const fields = Bun.YAML.parse(front) as { name: string; description: string; compatibility: string; metadata: Record<string, unknown> };
  expect([fields.name, Object.keys(fields)]).toEqual(["fleet", ["name", "description", "compatibility", "metadata"]]);
  expect([fields.description.length <= 1024, /[<>]/.test(fields.description), fields.description.includes("Use it when")]).toEqual([true, false, true]);
  expect(fields.compatibility.length).toBeLessThanOrEqual(500);
  for (const value of Object.values(fields.metadata)) expect(value).toBeString();
  expect([body.split("\n").length < 300, body.length < 12_000]).toEqual([true, true]);
});

test("every call in it is one that the command table takes", async () => {
  const blocks = [...text.matchAll(/```sh\n([^]*?)```/g)].flatMap(([, block]) => block!.trim().split("\n"));
  const inline = [...text.matchAll(/`(fleet [a-z]+(?: [^`]*)?)`/g)].map(([, call]) => call!).filter((call) => !/[\[<A-Z…]/.test(call));
  expect(blocks.length).toBeGreaterThan(20);
  expect(inline.length).toBeGreaterThan(2);
  for (const line of [...blocks, ...inline]) {
    const [, call = ""] = /(fleet (?:[^"$)]|\{\{)+)/.exec(line)!;
    // Words as sh splits them.
    const [, name = "", ...words] = [...call.matchAll(/'[^']*'|\S+/g)].map(([word]) => word.replace(/^'(.*)'$/s, "$1"));
    const row = await findCommand(name);
    expect([line, row !== undefined]).toEqual([line, true]);
    expect([line, parseCommand(row!, words).help]).toEqual([line, false]);
  }
});

test("names all that an agent is told, every status, exit code and command that it may call", () => {
  for (const word of [...Object.keys(AGENT_ENVIRONMENT), ...STATUSES]) expect(text).toContain(`- \`${word}\`: `);
  for (const [code, meaning] of EXIT_CODES) expect(text).toContain(`- ${code}: ${meaning}`);
  for (const { name, group, summary, internal } of COMMANDS) expect([name, text.includes(`\`fleet ${name} `) && text.includes(summary)]).toEqual([name, !internal && (group === "Work" || group === "Look")]);
});

test("tells which fleet wrote it, and whether it was edited since", () => {
  const version = /^# fleet (\S+)$/m.exec(text)![1]!;
  expect(skillOrigin(text, sum)).toEqual({ version, edited: false });
  expect(skillOrigin(`${text}\nMore.\n`, sum)).toEqual({ version, edited: true });
  expect(skillOrigin(text.replace("description:", "descriptions:"), sum)).toEqual({ version, edited: true });
  for (const other of ["", "# fleet\n", "---\nname: fleet\ndescription: mine\n---\n", text.replace("name: fleet", "name: other")]) expect(skillOrigin(other, sum)).toBeNull();
});

describe("a plan", () => {
  const path = "/h/skills/fleet/SKILL.md";
  const facts = (more: Partial<SkillFacts> = {}): SkillFacts => ({ path, is: "file", link: null, text: "", ...more });
  const plan = (more: Partial<SkillFacts>, force = false) => planSkill(facts(more), text, (there) => skillOrigin(there, sum), force);
  const refusal = (more: Partial<SkillFacts>, force = false) => {
    try {
      return plan(more, force).does;
    } catch (error) {
      return (error as Error).message;
    }
  };

  test("writes where nothing is, leaves what is the same, and replaces what another fleet wrote", () => {
    expect(plan({ is: "nothing", text: null }).does).toBe("write");
    expect(plan({ text }).does).toBe("nothing");
    const older = skillText(COMMANDS.filter(({ name }) => name !== "cost"), sum);
    expect(plan({ text: older })).toMatchObject({ does: "replace", over: null });
  });

  test("refuses what somebody else wrote or edited, unless forced, and then says whose it is", () => {
    expect(refusal({ text: "# mine\n" })).toBe(`a file is there already (fleet did not write it): ${path}`);
    expect(refusal({ text: `${text}mine\n` })).toBe(`a file is there already (fleet wrote it, and it has been edited since): ${path}`);
    expect(plan({ text: "# mine\n" }, true)).toMatchObject({ does: "replace", over: "fleet did not write it", line: expect.stringContaining("--force") });
  });

  test("refuses links, directories and all else, forced or not", () => {
    for (const force of [false, true]) {
      expect(refusal({ is: "other", link: "/etc/x", text: null }, force)).toBe(`a symlink is there: ${path} → /etc/x`);
      expect(refusal({ is: "directory", text: null }, force)).toBe(`a directory is where a file should be: ${path}`);
      expect(refusal({ is: "other", text: null }, force)).toBe(`something else is there: ${path}`);
    }
  });
});
