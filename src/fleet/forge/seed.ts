// An agent that is to be, as a forge tells of it: what an issue or a request is to create.
import type { Base } from "../../base/model";
import type { CreateWish } from "../create/create";
import type { Early } from "../create/facts";
import type { CreatePlan } from "../create/plan";

/** Where it is told what an agent is for, before anything is made. */
export interface Told {
  note(message: string): void;
  warn(message: string): void;
}

export interface Seed {
  branch: string;
  /** null: as for any other agent. */
  base: Base | null;
  /** What of the wish comes from the forge. */
  wish(early: Early): Partial<CreateWish>;
  /** What it is, for --dry-run: `request   #7 Fix the login`. */
  line: string;
  /** Once the plan stands: a branch that was here is brought up to the request. Throws UserError where both have moved on. */
  begin(plan: CreatePlan): Promise<void>;
  /** What `begin` did, where the create failed. */
  takeBack(): Promise<void>;
}
