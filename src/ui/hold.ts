// Waiting for a key, so that what stands on the screen can be read before it goes.
import { dropTypeahead } from "../ports/terminal";
import type { Out } from "./out";

/** Say that any key goes on, and wait for one. Without a terminal it returns at once. */
export async function hold(out: Out, words = "any key goes back"): Promise<void> {
  const { stdin } = process;
  if (!stdin.isTTY) return;
  dropTypeahead();
  stdin.setRawMode(true);
  const pressed = new Promise<void>((resolve) => {
    stdin.once("data", () => resolve());
    stdin.once("end", () => resolve());
    stdin.resume();
  });
  // Said once it is so: a key that is pressed at once counts.
  out.progress(`\r\n\u001b[2m${words}\u001b[22m`);
  await pressed;
  stdin.setRawMode(false);
  stdin.pause();
  out.progress("\r\u001b[K");
}
