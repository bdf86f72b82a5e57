// The agent programs: which are installed, where, in which version.
import { oneLine, truncate } from "../../base/text";
import { builtInKind, kindNames, resolveKind, type ResolvedKind } from "../../kinds/index";
import { findProgram, loginShellPath, runProgram } from "../../ports/process";
import type { Check, DoctorPorts, Finding } from "./check";

const VERSION_MS = 3000;

export const kindsCheck: Check = {
  title: "kinds",
  async run(ports) {
    const { settings } = await ports.config();
    const configured = settings?.kinds ?? {};
    const wanted = settings?.values["agent.default"] ?? "claude";
    const kinds = kindNames(configured).map((name) => resolveKind(name, configured));
    const found = new Map<string, string | null>();
    for (const { program } of kinds) found.set(program, findProgram(program, program.includes("/") ? "" : ports.env["PATH"]));
    await askLoginShell(ports, found);
    // Each program once, all at the same time: some take a second.
    const programs = [...new Set(kinds.filter((kind) => isKnown(kind)).map((kind) => kind.program))];
    const versions = new Map(await Promise.all(programs.map(async (program) => [program, await versionOf(ports, found.get(program) ?? null)] as const)));
    return kinds.map((kind) => finding(kind, kind.name === wanted, found.get(kind.program) ?? null, versions.get(kind.program)));
  },
};

/** A custom program is not asked for its version: nobody knows what else it does with an argument. */
function isKnown(kind: ResolvedKind): boolean {
  return builtInKind(kind.name) !== undefined || !kind.install.startsWith("fleet ");
}

/** A program may be on the login shell's PATH only; create finds it there too. */
async function askLoginShell({ env }: DoctorPorts, found: Map<string, string | null>): Promise<void> {
  if (![...found.values()].includes(null)) return;
  const path = await loginShellPath(env);
  if (!path) return;
  for (const [program, place] of found) if (place === null && !program.includes("/")) found.set(program, findProgram(program, path));
}

async function versionOf({ env }: DoctorPorts, place: string | null): Promise<string | undefined> {
  if (place === null) return undefined;
  const ran = await runProgram([place, "--version"], { cwd: "/", env, io: "split", timeout: VERSION_MS });
  if (ran.timedOut) return `did not tell its version within ${VERSION_MS / 1000} s`;
  // Warnings go to stderr, and there alone stands why a program does not start.
  return firstLine(ran.output) || [`--version ended with ${ran.code ?? ran.signal}`, firstLine(ran.errors)].filter(Boolean).join(": ");
}

function firstLine(text: string): string {
  return truncate(oneLine(text.trim().split("\n")[0] ?? ""), 60);
}

function finding(kind: ResolvedKind, isDefault: boolean, place: string | null, version: string | undefined): Finding {
  const check = `kind ${kind.name}`;
  const role = isDefault ? ", the default kind" : "";
  if (place !== null) return { check, status: "ok", what: `${version ?? "a program of your own"} (${place})${role}` };
  // Nobody has all of them; the default one, and those of one's own config, are meant to be there.
  const expected = isDefault || !builtInKind(kind.name);
  return { check, status: expected ? "warn" : "info", what: `${kind.title} is not installed: ${oneLine(kind.program)}${role}`, hint: kind.install };
}
