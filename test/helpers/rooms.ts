// The architecture as pure checks: sources in, complaints out. test/rooms.test.ts runs them on src, and on made-up sources.

/** Texts by path below the checkout: "src/fleet/list.ts". */
export type Sources = Readonly<Record<string, string>>;

export interface Import {
  /** A path of `Sources`, or the name of a package or built-in module. */
  readonly to: string;
  readonly local: boolean;
  /** Written at the top of the file, and more than a type. */
  readonly eager: boolean;
}

// Higher rooms import lower ones. Rooms of one height don't know each other, but those that BESIDE names.
const HEIGHT: Readonly<Record<string, number>> = {
  main: 7, "command-line": 6, commands: 5, context: 4, reference: 4, fleet: 3, segments: 3, demo: 3, ports: 2, kinds: 2, ui: 2, base: 1,
};
const BESIDE: readonly string[] = ["ui → ports", "fleet → segments"];

const STATEMENT = /^[ \t]*(?:import|export)\s+(type\b)?[^"';]*?from\s+["']([^"']+)["']|^[ \t]*import\s+["']([^"']+)["']/gm;
const CALL = /\b(?:import|require)\s*\(\s*["']([^"']+)["']/g;

/** All that a file imports: statements, `import()`, `require()`, types too. */
export function importsOf(path: string, sources: Sources): Import[] {
  const code = withoutComments(sources[path] ?? "");
  const found: { spec: string; eager: boolean }[] = [];
  for (const [, type, from, bare] of code.matchAll(STATEMENT)) found.push({ spec: (from ?? bare)!, eager: !type });
  for (const [, spec] of code.matchAll(CALL)) found.push({ spec: spec!, eager: false });
  return found.map(({ spec, eager }) => {
    if (!spec.startsWith(".")) return { to: spec, local: false, eager };
    return { to: resolve(path, spec, sources), local: true, eager };
  });
}

export function importsGoDown(sources: Sources): string[] {
  return links(sources).flatMap(([from, to]) => {
    const [a, b] = [roomOf(from), roomOf(to)];
    if (!(a in HEIGHT)) return [`${from}: no such room`];
    if (!(b in HEIGHT) || a === b || HEIGHT[a]! > HEIGHT[b]! || BESIDE.includes(`${a} → ${b}`)) return [];
    return [`${from} imports ${to}: ${a} is not above ${b}`];
  });
}

/** What speaks to a forge is loaded by import() alone, where a flag or a command asks for it: create and list are to be quick without. */
export function forgeIsAsked(sources: Sources): string[] {
  const isForge = (path: string) => /^src\/(fleet|ports)\/forge\//.test(path);
  return Object.keys(sources).filter((path) => !isForge(path)).flatMap((path) => importsOf(path, sources).filter(({ to, eager }) => eager && isForge(to)).map(({ to }) => `${path} loads ${to} at once`));
}

/** The reference, with the tables of the JSON, is loaded by import() alone: what runs has no use for its texts. */
export function referenceIsAsked(sources: Sources): string[] {
  const isReference = (path: string) => path.startsWith("src/reference/");
  return Object.keys(sources).filter((path) => path.startsWith("src/") && !isReference(path)).flatMap((path) => importsOf(path, sources).filter(({ to, eager }) => eager && isReference(to)).map(({ to }) => `${path} loads ${to} at once`));
}

/** Each circle once, as the path around it. */
export function circles(sources: Sources): string[] {
  const next = new Map<string, string[]>();
  for (const [from, to] of links(sources)) next.set(from, [...(next.get(from) ?? []), to]);
  const found: string[] = [];
  const done = new Set<string>();
  const walk = (path: string, trail: string[]): void => {
    const at = trail.indexOf(path);
    if (at >= 0) return void found.push([...trail.slice(at), path].join(" → "));
    if (done.has(path)) return;
    for (const to of next.get(path) ?? []) walk(to, [...trail, path]);
    done.add(path);
  };
  for (const path of next.keys()) walk(path, []);
  return found;
}

/** Every dependency has exactly one importing file, and every imported package is a dependency. */
export function onePlacePerPackage(sources: Sources, dependencies: readonly string[]): string[] {
  const users = new Map<string, Set<string>>(dependencies.map((name) => [name, new Set()]));
  const complaints: string[] = [];
  for (const path of Object.keys(sources)) {
    for (const { to, local } of importsOf(path, sources)) {
      if (to === "node:child_process" || to === "child_process") complaints.push(`${path}: node:child_process; ports/spawn.ts starts programs`);
      if (local || /^(node|bun):|^bun$/.test(to)) continue;
      const name = to.split("/").slice(0, to.startsWith("@") ? 2 : 1).join("/");
      if (!users.has(name)) complaints.push(`${path}: not a dependency: ${name}`);
      users.get(name)?.add(path);
    }
  }
  for (const [name, files] of users) if (files.size !== 1) complaints.push(`${name} is imported by ${[...files].sort().join(", ") || "nothing"}`);
  return complaints;
}

/** Commands are known to their table alone, and load what they run only when they run. */
export function commandsStandAlone(sources: Sources): string[] {
  const complaints: string[] = [];
  for (const path of Object.keys(sources)) {
    for (const { to, eager } of importsOf(path, sources)) {
      if (to.startsWith("src/commands/") && to !== "src/commands/index.ts" && path !== "src/commands/index.ts") complaints.push(`${path} imports the command ${to}`);
      if (!isCommand(path) || !eager || /^(node|bun):/.test(to) || to === "src/context.ts" || to.startsWith("src/base/")) continue;
      complaints.push(`${path} loads ${to} even for --help`);
    }
  }
  return complaints;
}

/** Every file of the folder but the named ones is imported by its index.ts. */
export function filesAreInTable(sources: Sources, folder: string, besides: readonly string[]): string[] {
  const table = new Set(importsOf(`${folder}/index.ts`, sources).map(({ to }) => to));
  const files = Object.keys(sources).filter((path) => path.startsWith(`${folder}/`) && path.endsWith(".ts") && !path.slice(folder.length + 1).includes("/"));
  return files.filter((path) => !besides.concat("index.ts").includes(path.slice(folder.length + 1)) && !table.has(path));
}

export interface Rule {
  readonly what: string;
  readonly pattern: RegExp;
  /** Paths, or beginnings of paths, where it may be written. */
  readonly where: readonly string[];
}

const TMUX_COMMANDS = "new-session|kill-session|kill-server|list-(panes|sessions|clients|windows|keys)|set-(option|environment|hook|buffer)|show-(options?|environment)|display-(message|popup|menu)|send-keys|(load|paste|delete)-buffer|capture-pane|pipe-pane|if-shell|run-shell|switch-client|attach-session|detach-client|respawn-pane|source-file|bind-key|wait-for|refresh-client|has-session|rename-(session|window)|choose-tree|split-window|new-window|select-pane";

/** Who may write what, line by line. */
export const RULES: readonly Rule[] = [
  { what: "tmux has one speaker, ports/tmux", pattern: new RegExp(`\\[\\s*["'\`](tmux|${TMUX_COMMANDS})["'\`]`), where: ["src/ports/tmux/"] },
  // The demo agent commits as any agent program does.
  { what: "git has one speaker, ports/git", pattern: /\[\s*["'`]git["'`]|\bgit\.(call|try)\([^.]/, where: ["src/ports/git/", "src/demo/"] },
  { what: "only main.ts ends the process", pattern: /\bprocess\.exit\b(?!Code)/, where: ["src/main.ts"] },
  {
    what: "only ui/out.ts writes to the standard streams",
    pattern: /\bconsole\.\w+\(|\bprocess\.std(out|err)\.write\b|\bBun\.std(out|err)\b|\bwriteSync\(\s*[12]\b/,
    // The demo agent is a program for a terminal; --version is answered before anything is loaded.
    where: ["src/ui/out.ts", "src/demo/", "src/main.ts"],
  },
  { what: "what is to be done is an issue, not a comment", pattern: new RegExp(`\\b(${["TO" + "DO", "FIX" + "ME", "XX" + "X"].join("|")})\\b`), where: [] },
];

export function breaks(rule: Rule, sources: Sources): string[] {
  return Object.entries(sources).flatMap(([path, text]) => {
    if (rule.where.some((place) => path.startsWith(place))) return [];
    const lines = (rule.where.length ? withoutComments(text) : text).split("\n");
    return lines.flatMap((line, i) => (rule.pattern.test(line) ? [`${path}:${i + 1}: ${line.trim()}`] : []));
  });
}

export function tooLong(sources: Sources, limit: number): string[] {
  const lines = (text: string) => text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
  return Object.entries(sources).filter(([, text]) => lines(text) > limit).map(([path, text]) => `${path}: ${lines(text)} lines`);
}

/** Tests that are left out, or that leave the others out. `test.if` stays: a shell may not be there. */
export function leftOut(sources: Sources): string[] {
  const pattern = new RegExp(`\\b(test|describe|it)\\.(${["sk" + "ip", "on" + "ly", "to" + "do"].join("|")})\\b`);
  return Object.entries(sources).flatMap(([path, text]) => text.split("\n").flatMap((line, i) => (pattern.test(line) ? [`${path}:${i + 1}`] : [])));
}

function links(sources: Sources): [from: string, to: string][] {
  return Object.keys(sources).flatMap((path) => importsOf(path, sources).filter(({ local }) => local).map(({ to }): [string, string] => [path, to]));
}

function roomOf(path: string): string {
  const [, second = "", third] = path.split("/");
  return third === undefined ? second.replace(/\.ts$/, "") : second;
}

function isCommand(path: string): boolean {
  return path.startsWith("src/commands/") && path !== "src/commands/index.ts";
}

function resolve(from: string, spec: string, sources: Sources): string {
  const parts = from.split("/").slice(0, -1);
  for (const part of spec.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== ".") parts.push(part);
  }
  const path = parts.join("/");
  return [path, `${path}.ts`, `${path}/index.ts`].find((candidate) => candidate in sources) ?? path;
}

/** Comments become blanks, lines stay lines. Only whole-line `//` and block comments: a string may hold either sign. */
function withoutComments(text: string): string {
  return text.replace(/^[ \t]*\/\*[\s\S]*?\*\//gm, (comment) => comment.replace(/[^\n]/g, " ")).replace(/^[ \t]*\/\/.*$/gm, "");
}
