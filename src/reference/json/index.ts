// What each command with --json prints, by the command's name. Loaded by help, the man page and tests; by no command that runs.
import { LIST, NEXT, WAIT } from "./agent";
import { COMPARE, GC, KEEP, MERGE, PR, RENAME, SYNC, UNDO } from "./home";
import { ANSWER, BATCH, COST, DIFF, EXEC, EXPLAIN, LOGS, PATH, QUEUE } from "./look";
import { CONFIG, DOCTOR, SKILL, VERSION } from "./setup";
import type { Output } from "./shape";
import { ADOPT, BATCH_LINES, CREATE, FORK } from "./start";

export const JSON_OUTPUTS: Readonly<Record<string, readonly Output[]>> = {
  create: CREATE,
  adopt: ADOPT,
  fork: FORK,
  fanout: BATCH_LINES,
  multi: BATCH_LINES,
  answer: ANSWER,
  exec: EXEC,
  rename: RENAME,
  keep: KEEP,
  merge: MERGE,
  sync: SYNC,
  pr: PR,
  undo: UNDO,
  gc: GC,
  list: LIST,
  next: NEXT,
  wait: WAIT,
  logs: LOGS,
  diff: DIFF,
  compare: COMPARE,
  path: PATH,
  cost: COST,
  explain: EXPLAIN,
  batch: BATCH,
  queue: QUEUE,
  config: CONFIG,
  doctor: DOCTOR,
  skill: SKILL,
  version: VERSION,
};
