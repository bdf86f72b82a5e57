// How the JSON of a command is described: each field once, with its type, its unit and what null means.

/** What a field holds: one of some words, an object of fields, or a value by itself. `time` is ISO 8601 in UTC. */
export type Type = "text" | "integer" | "number" | "boolean" | "time" | "anything" | readonly string[] | Fields;

export interface Field {
  readonly is: Type;
  readonly doc: string;
  /** It is a list of these. */
  readonly list?: true;
  readonly unit?: string;
  /** What null means; without it the field is never null. */
  readonly none?: string;
  /** Where it is there at all; without it, always. */
  readonly only?: string;
}

export interface Fields {
  readonly [name: string]: Field;
}

export interface Output {
  /** The flags or words with which a command gives this; "" for those that it gives without any. */
  readonly with: string;
  readonly gives: "an object" | "a list of objects" | "an object a line";
  /** What a bare null means; without it, there is none. */
  readonly none?: string;
  readonly fields: Fields;
  /** The command whose fields these are too: the man page shows only what is added to them. */
  readonly like?: string;
}

/** Every field by its path, objects before their own: `base`, `base.branch`, `overlaps[].files[]`. */
export function* paths(fields: Fields, above = ""): Generator<[path: string, field: Field]> {
  for (const [name, field] of Object.entries(fields)) {
    const path = `${above}${name}${field.list ? "[]" : ""}`;
    yield [path, field];
    if (isFields(field.is)) yield* paths(field.is, `${path}.`);
  }
}

export function isFields(type: Type): type is Fields {
  return typeof type === "object" && !Array.isArray(type);
}

/** `integer (bytes) or null`, `list of text`, `idle | working`. */
export function typeText({ is, list, unit, none }: Field): string {
  const one = typeof is === "string" ? is : isFields(is) ? "object" : is.join(" | ");
  return `${list ? "list of " : ""}${one}${list && isFields(is) ? "s" : ""}${unit ? ` (${unit})` : ""}${none === undefined ? "" : " or null"}`;
}

/** What is said of a field: its doc, what null means, where it is there at all. */
export function fieldDoc({ doc, none, only }: Field): string {
  return [doc, ...(none ? [`null: ${none}`] : []), ...(only ? [`only ${only}`] : [])].join("; ");
}
