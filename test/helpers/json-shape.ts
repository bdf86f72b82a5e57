// What was printed against what its table says, to the last nested field. Pure.
import { type Field, type Fields, isFields, type Output } from "../../src/reference/json/shape";

/** Every difference, in words that name the field; [] where the value is as the table says. `seen` gets the path of each field that had a value. */
export function misfits(value: unknown, output: Output, seen: Set<string> = new Set()): string[] {
  if (value === null) return output.none === undefined ? ["null, where an answer is promised"] : [];
  if (output.gives === "an object") return ofObject(value, output.fields, "", seen);
  if (!Array.isArray(value)) return [`no ${output.gives}`];
  return value.flatMap((one) => ofObject(one, output.fields, "", seen));
}

function ofObject(value: unknown, fields: Fields, above: string, seen: Set<string>): string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [`${above.slice(0, -1) || "it"} is no object`];
  const undocumented = Object.keys(value).filter((name) => !Object.hasOwn(fields, name)).map((name) => `${above}${name} is not in the table`);
  return undocumented.concat(Object.entries(fields).flatMap(([name, field]) => {
    if (!Object.hasOwn(value, name)) return field.only === undefined ? [`${above}${name} is missing`] : [];
    return ofField((value as Record<string, unknown>)[name], field, `${above}${name}`, seen);
  }));
}

function ofField(value: unknown, field: Field, path: string, seen: Set<string>): string[] {
  if (value === null) return field.none === undefined && field.is !== "anything" ? [`${path} is null, and the table does not say what that means`] : [];
  if (!field.list) return ofType(value, field, path, seen);
  if (!Array.isArray(value)) return [`${path} is no list`];
  return value.flatMap((one) => ofType(one, field, `${path}[]`, seen));
}

function ofType(value: unknown, { is }: Field, path: string, seen: Set<string>): string[] {
  seen.add(path);
  if (typeof is === "string") return FITS[is](value) ? [] : [`${path} is no ${is}: ${JSON.stringify(value)}`];
  if (isFields(is)) return ofObject(value, is, `${path}.`, seen);
  return is.includes(value as string) ? [] : [`${path} is none of ${is.join(", ")}: ${JSON.stringify(value)}`];
}

const FITS: Record<Extract<Field["is"], string>, (value: unknown) => boolean> = {
  text: (value) => typeof value === "string",
  integer: Number.isInteger,
  number: (value) => typeof value === "number",
  boolean: (value) => typeof value === "boolean",
  time: (value) => typeof value === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(value),
  anything: () => true,
};
