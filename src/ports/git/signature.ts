// How git is made to write down for which agent it made a branch: the identity in the reflog's first entry.

/** The e-mail address that stands for an agent. */
export function signature(id: string): string {
  return `${id}@fleet`;
}

/** Flags and environment with which git writes into a new branch's reflog for which agent it was made. */
export function signedBy(id: string): { flags: string[]; env: Record<string, string> } {
  return { flags: ["-c", "core.logAllRefUpdates=true"], env: { GIT_COMMITTER_NAME: "fleet", GIT_COMMITTER_EMAIL: signature(id) } };
}
