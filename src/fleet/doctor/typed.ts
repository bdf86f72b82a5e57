// Prompts whose sender was ended while it typed: what is left of them stands in an agent's input box, and nobody was told.
import { oneLine, shellWord, truncate } from "../../base/text";
import { resolveKind } from "../../kinds/index";
import type { Kind, KindSettings } from "../../kinds/kind";
import { isLockDead } from "../../ports/lock";
import { listFleetPanes } from "../../ports/tmux/sessions";
import { draftIn, isTyped } from "../draft";
import { sendLock } from "../send";
import type { Check, Finding } from "./check";

export const typedCheck: Check = {
  title: "prompts",
  async run({ tmux, store, config }) {
    const kinds = (await config()).settings?.kinds ?? {};
    const findings: Finding[] = [];
    for (const { pane, options } of (await listFleetPanes(tmux)) ?? []) {
      if (options.pane !== pane || !isLockDead(sendLock(store, options.id))) continue;
      const kind = kindOf(options.kind, kinds);
      const draft = kind && (await draftIn(tmux, pane, kind).catch(() => undefined));
      if (!draft || !isTyped(store, options.id, draft)) continue;
      findings.push({ status: "warn", what: `a prompt to ${oneLine(options.branch)} was cut off, and stands in its input box, not sent: ${truncate(oneLine(draft), 60)}`, hint: `fleet attach ${shellWord(options.branch)}` });
    }
    return findings;
  },
};

/** Null where the config no longer has it. */
function kindOf(name: string, kinds: Readonly<Record<string, KindSettings>>): Kind | null {
  try {
    return resolveKind(name, kinds);
  } catch {
    return null;
  }
}
