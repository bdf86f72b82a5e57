// Waiting for a key, so that what stands on the screen can be read before it goes.
import { dropTypeahead } from "../ports/terminal";
import type { Out } from "./out";

/** Say that any key goes on, and wait for one. Without a terminal it returns at once. */
export async function hold(out: Out, words = "any key goes back"): Promise<void> {
  const { stdin } = process;
  if (!stdin.isTTY) return;
  out.progress(`\n\u001b[2m${words}\u001b[22m`);
  dropTypeahead();
  stdin.setRawMode(true);
  await new Promise<void>((resolve) => {
    stdin.once("data", () => resolve());
    stdin.once("end", () => resolve());
    stdin.resume();
  });
  stdin.setRawMode(false);
  stdin.pause();
  out.progress("\r\u001b[K");
}
