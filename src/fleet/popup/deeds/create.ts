// New agents from a form: one on a branch, or several with the same prompt. The work itself goes on without the popup.
import { UserError } from "../../../base/errors";
import type { Repo } from "../../../base/model";
import { oneLine } from "../../../base/text";
import { KINDS } from "../../../kinds/index";
import { findRepo } from "../../../ports/git/repo";
import { paneDirectory } from "../../../ports/tmux/panes";
import { askForm } from "../../../ui/form/ask";
import type { Field } from "../../../ui/form/form";
import { editText } from "../../edit-text";
import { loadSettings } from "../../settings";
import { cleanPrompt } from "../../prompt-text";
import { leaveWork } from "../background";
import { branchRemark, knownBranches } from "../branch-check";
import type { Deed, Doing } from "../doing";

const MOST = 100;

export const create: Deed = (doing) => ask(doing, { count: "1", several: false });

export const fanout: Deed = (doing) => ask(doing, { count: "3", several: true });

async function ask(doing: Doing, { count, several }: { count: string; several: boolean }): Promise<string> {
  const { out, store, act } = doing;
  const repo = await repoOf(doing);
  const [settings, branches] = await Promise.all([
    loadSettings({ home: store.home, main: repo.main, common: repo.common, userHome: doing.env["HOME"] ?? "" }, () => {}),
    knownBranches(doing.git, repo.top, store.agents().filter((agent) => agent.repo === repo.common)),
  ]);
  const kinds = [...new Set([settings.values["agent.default"], ...KINDS.map((kind) => kind.name), ...Object.keys(settings.kinds)])];
  const branch: Field = {
    name: "branch", label: "branch", value: "", stop: !several,
    placeholder: several ? "from the prompt's first words" : "the new branch, and the agent's name",
    check: (value) => (value === "" ? (several ? null : { text: "a branch is needed", wrong: true }) : branchRemark(value, branches, several)),
  };
  const amount: Field = { name: "count", label: "how many", value: count, range: [1, MOST], stop: several };
  const prompt: Field = { name: "prompt", label: "prompt", value: "", long: true, stop: true, placeholder: several ? "{{n}} is the number of each" : "may be left empty", check: (value) => (several && value.trim() === "" ? { text: "a prompt is needed", wrong: true } : null) };
  const kind: Field = { name: "kind", label: "program", value: kinds[0]!, options: kinds };
  const base: Field = { name: "base", label: "base", value: "", placeholder: settings.values["create.base"] || repo.branch || "what is checked out" };
  const title = `${several ? "several agents with one prompt" : "a new agent"} in ${oneLine(repo.name)}`;
  const values = await askForm({ out, edit: (text) => editText(doing, text, "prompt.md"), keepTypeahead: true }, title, several ? [amount, prompt, branch, kind, base] : [branch, prompt, kind, base, amount]);
  const text = cleanPrompt(values["prompt"] ?? "");
  const name = values["branch"]!.trim();
  const number = Number(values["count"]);
  const flags = ["-C", repo.top, "-a", values["kind"]!, ...(values["base"]!.trim() ? ["-b", values["base"]!.trim()] : []), ...(text ? ["-f", "-"] : [])];
  if (number > 1 && text === "") throw new UserError("several agents need a prompt");
  const words = number === 1 && name !== ""
    ? ["create", name, ...flags, "-d", ...(branches.free.has(name) ? ["--existing"] : [])]
    : ["fanout", String(number), ...(name === "" ? [] : [name]), ...flags, "-d", "--yes"];
  leaveWork(doing, act.binary, act.client, { words, input: text, view: act.view ?? null, name: number === 1 ? `create ${oneLine(name)}` : `fanout ${number}${name ? ` ${oneLine(name)}` : ""}` });
  return number === 1 && name !== "" ? `✓ ${oneLine(name)} is coming up` : `✓ ${number} agents are coming up`;
}

/** The repo of the pane that the popup was opened from; outside of any, one of those that agents work in. */
async function repoOf(doing: Doing): Promise<Repo> {
  const { git, tmux, store, act, cwd } = doing;
  const directory = act.pane === undefined ? cwd : await paneDirectory(tmux, act.pane).catch(() => cwd);
  const here = directory === "" ? null : await findRepo(git, directory).catch(() => null);
  if (here) return here;
  const known = [...new Set(store.agents().map((agent) => agent.main))];
  if (known.length === 0) throw new UserError(`not in a git repository: ${oneLine(directory)}`, { hint: "open it from a pane inside a checkout" });
  const values = await askForm({ out: doing.out, edit: async (text) => text }, "in which repository?", [{ name: "repo", label: "repo", value: known[0]!, options: known, stop: true }]);
  const found = await findRepo(git, values["repo"]!);
  if (!found) throw new UserError(`not a git repository any more: ${values["repo"]}`);
  return found;
}
