// Submodules without the dozen processes that git takes to add one.
import { cpSync, existsSync, lstatSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";

interface Place {
  git(...args: string[]): Promise<string>;
  at(path: string): string;
  /** A checkout of the same repository that has the submodule. */
  modules: string;
}

/** As `git submodule add` leaves it. */
export async function addModule({ at, git, modules }: Place, name: string): Promise<void> {
  const [from, to] = [gitDirectory(modules), gitDirectory(at("."))];
  const [source, place] = [join(from, "modules", name), join(to, "modules", name)];
  if (existsSync(place) || existsSync(at(name))) throw new Error(`${name} is there already`);
  cpSync(source, place, { recursive: true });
  cpSync(join(modules, name), at(name), { recursive: true });
  writeFileSync(at(`${name}/.git`), `gitdir: ${relative(at(name), place)}\n`);
  writeFileSync(join(place, "config"), readFileSync(join(source, "config"), "utf8").replace(/worktree = .*/, `worktree = ${relative(place, at(name))}`));
  const head = readFileSync(join(source, "refs/heads/main"), "utf8").trim();
  const known = existsSync(at(".gitmodules")) ? readFileSync(at(".gitmodules"), "utf8") : "";
  const url = /url = .*/.exec(readFileSync(join(source, "config"), "utf8"))![0];
  writeFileSync(at(".gitmodules"), `${known}[submodule "${name}"]\n\tpath = ${name}\n\t${url}\n`);
  await git("update-index", "--add", "--cacheinfo", `160000,${head},${name}`, "--", ".gitmodules");
}

function gitDirectory(checkout: string): string {
  const link = join(checkout, ".git");
  return lstatSync(link).isDirectory() ? link : readFileSync(link, "utf8").replace(/^gitdir: /, "").trim();
}
