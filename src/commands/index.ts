// The command table: every command, once, in the order of help. A new command is one file and one line.
import type { Command } from "../context";
import answer from "./answer";
import attach from "./attach";
import batch from "./batch";
import completion from "./completion";
import config from "./config";
import create from "./create";
import demoAgent from "./demo-agent";
import diff from "./diff";
import doctor from "./doctor";
import exec from "./exec";
import explain from "./explain";
import fanout from "./fanout";
import hook from "./hook";
import interrupt from "./interrupt";
import kill from "./kill";
import list from "./list";
import logs from "./logs";
import multi from "./multi";
import next from "./next";
import path from "./path";
import prompt from "./prompt";
import purge from "./purge";
import queue from "./queue";
import refresh from "./refresh";
import restart from "./restart";
import runSetup from "./run-setup";
import snooze from "./snooze";
import start from "./start";
import stop from "./stop";
import tick from "./tick";
import undo from "./undo";
import version from "./version";
import wait from "./wait";

export const COMMANDS: readonly Command[] = [
  create, fanout, multi, prompt, answer, snooze, interrupt, exec, stop, start, restart, kill, undo,
  list, next, wait, attach, logs, diff, path, explain, batch, queue,
  config, doctor, completion, version,
  demoAgent, hook, purge, refresh, runSetup, tick,
] as readonly Command[];
