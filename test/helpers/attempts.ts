// A comparison in a popup: batches with something to choose from, and the ways into it and out of it.
import type { PopupPlace, Screen } from "./popup";
import { openTestRepo } from "./repo";

/** Three attempts: the first is small, the second is no number, the third is longer, with work that is not committed. */
export async function attemptsOf(place: PopupPlace, label: string): Promise<void> {
  await place.ok(["fanout", "3", label, "-a", "demo", "-p", "say Attempt {{n}}", "-d", "--yes"]);
  for (const n of [1, 2, 3]) {
    const agent = await place.untilStatus(`${label}-${n}`, "idle");
    const own = openTestRepo(place.server, agent.worktree);
    own.write("answer.txt", ["7\n", "bad\n", "9\nand more\n"][n - 1]!);
    await own.commit(`Answer (${n})`);
    if (n === 3) own.write("loose.txt", "not committed\n");
  }
}

/** Branches in the order of the rows. */
export function shownIn(text: string): string[] {
  return [...text.matchAll(/│[▶ ] +(\S+-\d) /g)].map(([, branch]) => branch!);
}

/** The list, with the cursor on that agent. */
export async function openList(screen: Screen, branch: string): Promise<void> {
  await screen.press("C-b", "A");
  await screen.shows("? shows the keys");
  await moveTo(screen, branch);
}

/** The comparison of that agent's batch. */
export async function openOn(screen: Screen, branch: string): Promise<void> {
  await openList(screen, branch);
  await screen.press("=");
  await screen.shows("│compare ");
}

/** In an open list or comparison, whose lines stay where they are. */
export async function moveTo(screen: Screen, branch: string): Promise<void> {
  const rows = shownIn(await screen.shows(new RegExp(`│[▶ ] +${branch} `)));
  await screen.press("g");
  await screen.shows(new RegExp(`▶ +${rows[0]} `));
  await screen.press(...Array<string>(rows.indexOf(branch)).fill("j"));
  await screen.shows(new RegExp(`▶ +${branch} `));
}

/** Back to the list, and out of it. */
export async function leave(screen: Screen): Promise<void> {
  await screen.press("q");
  await screen.shows("│agents ");
  await screen.press("q");
  await screen.hides("┌");
}
