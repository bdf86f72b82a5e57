// Another program's sqlite database, read and never written.
import { Database } from "bun:sqlite";

/** Rows of one query; null when the file is not there or can't be read as asked. */
export function queryDatabase(file: string, query: string, values: Record<string, string | number>): Record<string, unknown>[] | null {
  try {
    using database = new Database(file, { readonly: true });
    database.run("PRAGMA busy_timeout = 500");
    return database.query(query).all(values) as Record<string, unknown>[];
  } catch {
    return null;
  }
}
