// {{name}} in a prompt. Pure.
import { UserError } from "../../base/errors";

const PLACE = /\{\{([^{}]*)\}\}/g;

/** Fill each {{name}} with its value. Throws UserError for a name that has none; `raw`: the command can do without. */
export function fillTemplate(text: string, values: Readonly<Record<string, string>>, { raw = false } = {}): string {
  return text.replace(PLACE, (_, inside: string) => {
    const name = inside.trim();
    if (Object.hasOwn(values, name)) return values[name]!;
    throw new UserError(`no value for {{${inside}}} in the prompt`, {
      hint: `there are ${Object.keys(values).map((key) => `{{${key}}}`).join(" ")}${raw ? "; --raw sends the text as it is" : ""}`,
    });
  });
}

/** `a=x,y;b=1,2` → one set of values for each position. Throws UserError where the lengths differ. */
export function parseForeach(text: string): Record<string, string>[] {
  const columns = text.split(";").filter((part) => part.trim() !== "").map((part) => {
    const at = part.indexOf("=");
    const name = part.slice(0, at).trim();
    if (at < 1 || !/^[A-Za-z_]\w*$/.test(name)) throw new UserError(`--foreach takes name=value,value;…: ${part.trim()}`, { hint: `--foreach "lang=go,rust;dir=a,b"` });
    const values = part.slice(at + 1).split(",").map((value) => value.trim());
    if (values.includes("")) throw new UserError(`--foreach has an empty value: ${part.trim()}`, { hint: `--foreach "lang=go,rust;dir=a,b"` });
    return { name, values };
  });
  const [first] = columns;
  if (!first) throw new UserError("--foreach is empty", { hint: `--foreach "lang=go,rust;dir=a,b"` });
  const odd = columns.find((column) => column.values.length !== first.values.length);
  if (odd) throw new UserError(`--foreach has ${first.values.length} values of ${first.name} and ${odd.values.length} of ${odd.name}`);
  const twice = columns.find((column, i) => columns.findIndex((other) => other.name === column.name) !== i);
  if (twice) throw new UserError(`--foreach names a variable twice: ${twice.name}`);
  return first.values.map((_, i) => Object.fromEntries(columns.map((column) => [column.name, column.values[i]!])));
}
