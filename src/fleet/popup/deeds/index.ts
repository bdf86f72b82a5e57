// Every action by its name; what it needs is loaded when it is pressed.
import { UsageError } from "../../../base/errors";
import type { Deed } from "../doing";

const DEEDS: Record<string, () => Promise<Deed>> = {
  switch: async () => (await import("./answer")).switchTo,
  yes: async () => (await import("./answer")).answerYes,
  no: async () => (await import("./answer")).answerNo,
  answer: async () => (await import("./answer")).answerAll,
  choice: async () => (await import("./answer")).takeChoice,
  prompt: async () => (await import("./work")).sendPrompt,
  snooze: async () => (await import("./work")).snooze,
  stop: async () => (await import("./work")).stop,
  restart: async () => (await import("./work")).restart,
  kill: async () => (await import("./kill")).kill,
  undo: async () => (await import("./kill")).undo,
  diff: async () => (await import("./look")).diff,
  logs: async () => (await import("./look")).logs,
  copy: async () => (await import("./look")).copyPath,
  show: async () => (await import("./look")).show,
  help: async () => (await import("./look")).help,
  renew: async () => (await import("./look")).renew,
  compare: async () => (await import("./compare")).compare,
  keep: async () => (await import("./compare")).keep,
  merge: async () => (await import("./compare")).merge,
  check: async () => (await import("./compare")).check,
  output: async () => (await import("./compare")).output,
  new: async () => (await import("./create")).create,
  fanout: async () => (await import("./create")).fanout,
};

export async function deedOf(name: string): Promise<Deed> {
  const load = Object.hasOwn(DEEDS, name) ? DEEDS[name] : undefined;
  if (!load) throw new UsageError(`no such action: ${name}`);
  return load();
}
