// What an agent's program is told about itself, by the names in its environment.

export const AGENT_ENVIRONMENT = {
  FLEET_ID: "its id",
  FLEET_BRANCH: "its branch as it was made: its name",
  FLEET_BASE: "the branch, or commit, that it started from",
  FLEET_WORKTREE: "the path of its files",
  FLEET_MAIN: "the main checkout of the repository",
  FLEET_BATCH: "the id of its batch; empty without one",
  FLEET_KIND: "its kind",
  FLEET_SLOT: "a small number that no other agent has, for ports and the like",
} as const;

export type AgentVariable = keyof typeof AGENT_ENVIRONMENT;
