// The message of a merge: the agent's name and what it was asked to do.
import { readFileSync } from "node:fs";
import type { AgentRecord } from "../../base/model";
import { oneLine } from "../../base/text";
import type { Store } from "../../ports/store";

const LONGEST = 200;

/** `login-form: Add a login form`; without a prompt the first of `subjects`. For one commit of many, these are its body. */
export function mergeMessage(branch: string, prompt: string, subjects: readonly string[], squashed: boolean): string {
  const first = oneLine(prompt.split("\n").find((line) => line.trim() !== "") ?? subjects[0] ?? "merged");
  const title = `${oneLine(branch)}: ${[...first].slice(0, LONGEST).join("")}`;
  const body = squashed && subjects.length > 1 ? `\n\n${subjects.map((subject) => `* ${oneLine(subject)}`).join("\n")}` : "";
  return `${title}${body}\n`;
}

/** What an agent was first asked, whole where it is still there. */
export function promptOf(store: Store, { id, title }: Pick<AgentRecord, "id" | "title">): string {
  try {
    return readFileSync(store.path("agents", id, "prompt"), "utf8");
  } catch {
    return title;
  }
}
