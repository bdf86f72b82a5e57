// Reading what another program wrote: nothing is taken for granted.

export type Fields = Readonly<Record<string, unknown>>;

/** The line's object; null for anything else, such as a line that was cut off. */
export function parseFields(line: string): Fields | null {
  try {
    return fieldsOf(JSON.parse(line));
  } catch {
    return null;
  }
}

export function fieldsOf(value: unknown): Fields | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : null;
}

/** The object under `name`, or an empty one. */
export function inner(fields: Fields, name: string): Fields {
  return fieldsOf(fields[name]) ?? {};
}

export function list(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fieldsOf).filter((item) => item !== null) : [];
}

export function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** A count; 0 for what is none. */
export function count(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) && value > 0 ? value : 0;
}

/** Milliseconds since the epoch; 0 for what is no time. */
export function time(value: unknown): number {
  const at = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? 0 : at;
}

/** The argument of a tool that says most of what it does, on one line. */
export function toolText(name: string, input: unknown): string {
  const fields = fieldsOf(input) ?? {};
  const telling = ["command", "cmd", "file_path", "filePath", "path", "absolute_path", "pattern", "query", "url", "description", "prompt"];
  const said = telling.map((key) => fields[key]).find((value) => typeof value === "string" || Array.isArray(value)) ?? (typeof input === "string" ? input : "");
  return `${name} ${Array.isArray(said) ? said.join(" ") : String(said)}`.trim();
}

/** The name under which several programs keep a directory's conversations. */
export function directorySlug(path: string): string {
  return path.replace(/[^a-zA-Z0-9]/g, "-");
}

/** "2026/11/22" for each day from `since` to `now`, in local time, a day of slack before. */
export function daysBetween(since: number, now: number): string[] {
  const days: string[] = [];
  const day = new Date(since);
  day.setHours(12, 0, 0, 0);
  day.setDate(day.getDate() - 1);
  for (let n = 0; n < 400 && day.getTime() < now + 86_400_000; n++) {
    days.push(`${day.getFullYear()}/${String(day.getMonth() + 1).padStart(2, "0")}/${String(day.getDate()).padStart(2, "0")}`);
    day.setDate(day.getDate() + 1);
  }
  return days;
}
