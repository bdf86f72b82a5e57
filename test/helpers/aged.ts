// Making things older than they are, for what goes by age.
import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { adminOf } from "./picture";
import type { Place } from "./place";

const DAY_S = 86_400;

/** As if nothing had been done with the agent for so many days. */
export function age(place: Place, { id, worktree }: { id: string; worktree: string }, days: number): void {
  const at = Date.now() / 1000 - days * DAY_S;
  const { fleetHome } = place.server;
  const [admin, folder] = [adminOf(worktree), join(fleetHome, "agents", id)];
  for (const file of [join(admin, "logs/HEAD"), join(admin, "index"), ...readdirSync(folder).map((name) => join(folder, name))]) if (existsSync(file)) utimesSync(file, at, at);
  rewriteFile(join(fleetHome, "state.json"), (state: { agents: Record<string, { created: string }> }) => (state.agents[id]!.created = new Date(at * 1000).toISOString()));
}

/** As if it had been killed so many days ago. */
export function ageTrash(place: Place, id: string, days: number): void {
  rewriteFile(join(place.server.fleetHome, "trash", `${id}.json`), (entry: { at: string }) => (entry.at = new Date(Date.now() - days * DAY_S * 1000).toISOString()));
}

export function rewriteFile<T>(file: string, change: (value: T) => unknown): void {
  const value = JSON.parse(readFileSync(file, "utf8")) as T;
  change(value);
  writeFileSync(file, JSON.stringify(value));
}
