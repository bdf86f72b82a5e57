// What a version of fzf can do: asked of its number once, because an option that it does not know ends it at once. Pure.

export type Version = readonly [major: number, minor: number];

/** The oldest fzf that the picker works with: change-preview-window came with it. */
export const OLDEST: Version = [0, 29];

export interface Features {
  /** `--ellipsis`, so that what is searched may stand right of what is seen. */
  readonly ellipsis: boolean;
  /** `--preview-window …,<N(…)`: another place where there is no room. */
  readonly otherLayout: boolean;
  /** `--no-separator`. */
  readonly separator: boolean;
  /** The events `load` and `start`, `reload-sync` and `pos()`: a list that renews itself. */
  readonly renews: boolean;
  /** `--track`: the cursor stays on its line when the list changes. */
  readonly track: boolean;
}

/** "0.38.0 (debian)" as [0, 38]; null for what says no version. */
export function parseVersion(text: string): Version | null {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(text.trim()) ?? [];
  return major === undefined ? null : [Number(major), Number(minor)];
}

export function isAtLeast(have: Version, want: Version): boolean {
  return have[0] > want[0] || (have[0] === want[0] && have[1] >= want[1]);
}

/** From fzf's change log. */
export function featuresOf(version: Version): Features {
  const since = (minor: number) => isAtLeast(version, [0, minor]);
  return { ellipsis: since(30), otherLayout: since(31), separator: since(35), renews: since(36), track: since(39) };
}
