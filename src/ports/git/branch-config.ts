// The section branch.NAME of a repo's config: goes with a branch, and comes back with it.
import type { Git } from "./call";

/** Keys and values of the section, in order. Empty when there is none, or when git does not tell. */
export async function branchConfig(git: Git, common: string, branch: string): Promise<[key: string, value: string][]> {
  const ran = await git.try(common, ["--git-dir=.", "config", "--local", "-z", "--list"]);
  const prefix = `branch.${branch}.`;
  return ran.stdout.split("\0").flatMap((entry): [string, string][] => {
    const [key = "", value] = [entry.split("\n", 1)[0], entry.includes("\n") ? entry.slice(entry.indexOf("\n") + 1) : "true"];
    return key.startsWith(prefix) && !key.slice(prefix.length).includes(".") ? [[key.slice(prefix.length), value]] : [];
  });
}

export async function removeBranchConfig(git: Git, common: string, branch: string): Promise<void> {
  await git.try(common, ["--git-dir=.", "config", "--local", "--remove-section", `branch.${branch}`]);
}

/** Write the section again where there is none. */
export async function writeBranchConfig(git: Git, common: string, branch: string, config: readonly (readonly [key: string, value: string])[]): Promise<void> {
  if (config.length === 0 || (await branchConfig(git, common, branch)).length > 0) return;
  for (const [key, value] of config) await git.call(common, ["--git-dir=.", "config", "--local", "--add", `branch.${branch}.${key}`, value]);
}

/** Whether a key has a value here, from whatever file. */
export async function isConfigured(git: Git, cwd: string, key: string): Promise<boolean> {
  return (await git.try(cwd, ["config", "--get", key])).code === 0;
}
