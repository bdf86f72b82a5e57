// The popup from its start to its end: a picker, or the plain list where there is no fzf, and no end without a word.
import { EXIT, ProcessError, UserError } from "../../base/errors";
import type { ActPorts } from "./doing";
import { type Asked, openPopup } from "./open";

export interface PopupFlags {
  client?: string | undefined;
  pane?: string | undefined;
}

/** Returns the exit code. A popup closes with its program: what went wrong is read first. */
export async function startPopup(ports: ActPorts, { client, pane }: PopupFlags, asked?: Asked): Promise<number> {
  const popup = { client, pane, binary: process.execPath };
  try {
    const code = await openPopup(ports, popup, asked);
    if (code !== null) return code;
    const { pickWithoutFzf } = await import("./plain");
    return await pickWithoutFzf(ports, popup);
  } catch (error) {
    const bug = !(error instanceof UserError || error instanceof ProcessError);
    const { message, hint, detail } = error as UserError;
    if (bug) ports.out.error(`a bug in fleet: ${message}`, undefined, (error as Error).stack);
    else ports.out.error(message, hint ?? "fleet doctor", detail ?? (error as Partial<ProcessError>).stderr);
    const { hold } = await import("../../ui/hold");
    await hold(ports.out, "any key closes");
    // It has been read: a failure would keep the popup of a key open once more.
    if (client !== undefined) return EXIT.done;
    return bug ? EXIT.bug : EXIT.refused;
  }
}
