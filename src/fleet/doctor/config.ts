// The configuration: whether it can be used, and what in it is known to go wrong.
import { globToRegExp, visible } from "../../base/text";
import type { Values } from "../../base/options";
import { type Check, type Finding, ok } from "./check";

const INSTALLS = /\b(npm (ci|i|install)|pnpm (i|install)|yarn( install)?|bun (i|install))\b/;

export const configCheck: Check = {
  title: "config",
  async run(ports) {
    const { settings, problem, warnings } = await ports.config();
    if (problem) return [{ status: "fail", what: [problem.message, problem.detail].filter(Boolean).join("\n"), hint: problem.hint }];
    if (!settings) return [];
    const findings: Finding[] = [...warnings.map((what): Finding => ({ status: "info", what })), ...linkFindings(settings.values)];
    const { repoFile } = settings;
    if (repoFile && !repoFile.approved && repoFile.acts.length) {
      findings.push({ status: "info", what: `not approved, so its commands, copies and links do not act: ${repoFile.path}`, hint: "fleet config approve" });
    }
    return findings.length ? findings : [ok(ports.store.path("config.toml"))];
  },
};

/** `npm ci` empties node_modules first: through a link, that of the main checkout and so of every agent. */
export function linkFindings(values: Pick<Values, "worktree.link" | "setup.run">): Finding[] {
  const linked = values["worktree.link"].find((pattern) => pattern.split("/").some((part) => part === "node_modules" || (/[*?]/.test(part) && globToRegExp(part).test("node_modules"))));
  const install = values["setup.run"].find((command) => INSTALLS.test(command));
  if (linked === undefined || install === undefined) return [];
  return [
    {
      status: "warn",
      what: `worktree.link holds ${visible(linked)} and setup.run ${visible(install)}: an install through the link empties or rewrites the main checkout's node_modules, which every agent shares`,
      hint: "fleet config edit   (keep the link or the install, not both)",
    },
  ];
}
