// One lock a repo, for what git can't do in parallel: adding, moving and removing worktrees.
import type { Store } from "../ports/store";

/** The lock's path; `common` is the repo's git common directory. */
export function lockPath(store: Store, common: string): string {
  return store.path("locks", new Bun.CryptoHasher("sha256").update(common).digest("hex").slice(0, 16));
}
