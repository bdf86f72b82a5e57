// The last words of a kill: what is left outside of the trash, and the command that takes it back. Pure.
import { shellWord } from "../../base/text";
import { SAVED_REFS } from "../trash";

export interface Left {
  branches: string[];
  /** Of agents whose worktree was there before them. */
  worktrees: string[];
  refs: string[];
}

/** "; left: branches a, b, refs/fleet/trash/{id,id}": every one by its name, also after a kill of many; "" where nothing is. */
export function leftText({ branches, worktrees, refs }: Left): string {
  const [ref = "", ...more] = refs;
  const ids = refs.map((name) => name.slice(SAVED_REFS.length));
  const parts = [
    ...(branches.length > 0 ? [`${branches.length === 1 ? "branch" : "branches"} ${branches.join(", ")}`] : []),
    ...(worktrees.length > 0 ? [`${worktrees.length === 1 ? "worktree" : "worktrees"} ${worktrees.join(", ")}`] : []),
    ...(refs.length > 0 ? [more.length === 0 ? ref : `${SAVED_REFS}{${ids.join(",")}}`] : []),
  ];
  return parts.length > 0 ? `; left: ${parts.join(", ")}` : "";
}

/** More ids than these are no line to paste. */
const FEW = 5;

/** `batch`: the kill was of this one. */
export function undoCommand(ids: readonly string[], batch: string | undefined): string {
  if (batch !== undefined && ids.length > 1) return `fleet undo --batch ${shellWord(batch)}`;
  return `fleet undo ${ids.length > FEW ? "--list" : ids.join(" ")}`;
}
