// The shape of a check: what it looks at, what it found, and how that is put right.
import type { UserError } from "../../base/errors";
import type { Git } from "../../ports/git/call";
import type { Store } from "../../ports/store";
import type { Tmux } from "../../ports/tmux/call";
import type { Settings } from "../settings";

export type Health = "ok" | "info" | "warn" | "fail";

export interface Finding {
  status: Health;
  what: string;
  hint?: string | undefined;
  /** The files, refs and sessions it is about, each as one would name it to remove it. */
  things?: string[];
  /** The row's name where one check has several kinds of rows. */
  check?: string;
  /** Puts it right and says how, in the past tense; null when there was nothing to do any more. Throws where it can't. */
  fix?(): Promise<string | null>;
}

export interface ReadConfig {
  /** null where the configuration can't be used; `problem` then says why. */
  settings: Settings | null;
  problem: UserError | null;
  warnings: string[];
}

export interface DoctorPorts {
  git: Git;
  tmux: Tmux;
  store: Store;
  env: Record<string, string | undefined>;
  /** The repo one stands in: its .ai_fleet.toml is looked at too. */
  repo: { main: string; common: string } | null;
  /** Read once. */
  config(): Promise<ReadConfig>;
}

export interface Check {
  title: string;
  run(ports: DoctorPorts): Promise<Finding[]>;
}

export function ok(what: string): Finding {
  return { status: "ok", what };
}
