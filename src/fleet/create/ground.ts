// What every agent of one call stands on: the repo's settings, approved where they act.
import type { Repo } from "../../base/model";
import type { Store } from "../../ports/store";
import { type ApprovalMeans, requireApproval } from "../approval";
import { loadSettings, type readOwn, type Settings } from "../settings";

export interface GroundMeans extends ApprovalMeans {
  store: Store;
  out: ApprovalMeans["out"] & { warn(message: string, hint?: string): void };
}

/**
 * Settings for new agents in `repo`. A repo's file that acts is approved first; with `noSetup` it is passed over
 * instead, and setup commands are left out. `own` is the person's file where it is being read already. Throws UserError.
 */
export async function loadGround(means: GroundMeans, repo: Repo, noSetup: boolean, own?: ReturnType<typeof readOwn>): Promise<{ settings: Settings; setup: string[] }> {
  const where = { home: means.store.home, main: repo.main, common: repo.common, userHome: means.env["HOME"] ?? "" };
  const settings = await loadSettings(where, means.out.warn, own);
  const file = settings.repoFile;
  if (!file || file.approved || file.acts.length === 0) return { settings, setup: noSetup ? [] : settings.values["setup.run"] };
  if (noSetup) {
    means.out.note(`${file.path} is not approved: none of it acts`);
    return { settings, setup: [] };
  }
  await requireApproval(means, repo, settings);
  const approved = await loadSettings(where, () => {});
  return { settings: approved, setup: approved.values["setup.run"] };
}
