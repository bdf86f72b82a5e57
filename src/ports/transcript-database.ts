// An sqlite database that another program is writing: asked read-only, and bun:sqlite loaded only where there is one.
import { existsSync } from "node:fs";

export type Row = Readonly<Record<string, unknown>>;

/** The rows of one query; null when the database is not there, is busy, or has other tables. */
export async function queryDatabase(path: string, query: string, values: Readonly<Record<string, string | number>>): Promise<Row[] | null> {
  if (!existsSync(path)) return null;
  try {
    const { Database } = await import("bun:sqlite");
    const database = new Database(path, { readonly: true });
    try {
      return database.query(query).all(Object.fromEntries(Object.entries(values).map(([name, value]) => [`$${name}`, value]))) as Row[];
    } finally {
      database.close();
    }
  } catch {
    return null;
  }
}
