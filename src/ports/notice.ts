// Ways to reach a person outside of fleet: their terminal, their desktop, a command of theirs. None of them can fail a caller.
import { closeSync, constants, openSync, writeFileSync } from "node:fs";
import { startDetached } from "./detached";

/** Bytes for the terminal `path` (a tty); one that does not take them at once goes without. */
export function writeToTerminal(path: string, text: string): void {
  if (!/^\/dev\//.test(path)) return;
  try {
    const file = openSync(path, constants.O_WRONLY | constants.O_NOCTTY | constants.O_NONBLOCK);
    try {
      writeFileSync(file, text);
    } finally {
      closeSync(file);
    }
  } catch {
    // Another user's, or gone.
  }
}

/** A notice of the desktop, where it has any. */
export function desktopNotice(title: string, text: string, env: Record<string, string | undefined>, platform: string = process.platform): void {
  // osascript gets the words as arguments: they are never part of its script.
  const argv = platform === "darwin"
    ? ["osascript", "-e", "on run argv", "-e", "display notification (item 2 of argv) with title (item 1 of argv)", "-e", "end run", "--", title, text]
    : ["notify-send", "--app-name=fleet", "--", title, withoutMarkup(text)];
  startDetached(argv, env);
}

/** Desktops read a body as markup, links and images in it too. */
function withoutMarkup(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** A person's line for sh; what it is about stands in its environment, never in the line. */
export function runWithFacts(line: string, env: Record<string, string | undefined>, facts: Readonly<Record<string, string>>): void {
  startDetached(["/bin/sh", "-c", line], env, facts);
}
