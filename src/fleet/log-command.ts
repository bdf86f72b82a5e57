// The log of fleet's operations, within the size that the config gives it.
import { defaultValues } from "../base/options";
import { type Logged, writeLog } from "../ports/log";
import type { Store } from "../ports/store";

/** Add one command to the log. Never fails. */
export async function logCommand(ctx: { store: Store; env: Record<string, string | undefined> }, logged: Logged): Promise<void> {
  const { home } = ctx.store;
  await writeLog(home, logged, async () => {
    const kilobytes = await configuredSize(home, ctx.env["HOME"] ?? "").catch(() => defaultValues(home)["log.size"]);
    return kilobytes * 1024;
  });
}

async function configuredSize(home: string, userHome: string): Promise<number> {
  const { loadSettings } = await import("./settings");
  const settings = await loadSettings({ home, main: null, common: null, userHome }, () => {});
  return settings.values["log.size"];
}
