// A prompt asked for in a form of one field.
import { editText } from "../edit-text";
import { cleanPrompt } from "../prompt-text";
import { askForm } from "../../ui/form/ask";
import type { ActPorts } from "./doing";

/** null where nothing was written. Throws Cancelled. */
export async function askPrompt(ports: ActPorts, title: string): Promise<string | null> {
  const edit = (text: string) => editText(ports, text, "prompt.md");
  const { prompt = "" } = await askForm({ out: ports.out, edit, keepTypeahead: true }, title, [{ name: "prompt", label: "prompt", value: "", long: true, stop: true }]);
  return cleanPrompt(prompt) || null;
}
