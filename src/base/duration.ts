// Spans of time as people type them.
import { UsageError } from "./errors";

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
/** Ten years: what is longer is a slip, and no date any more. */
const MOST = 3650 * 86_400;

export interface DurationRules {
  /** A number alone is seconds, as timeout(1) has it. */
  bare?: boolean;
  /** No time at all makes sense. */
  zero?: boolean;
}

/** Seconds of `90s`, `10m`, `1h30m`, `2d`; throws UsageError naming `what` for anything else. */
export function parseDuration(text: string, what: string, { bare = false, zero = false }: DurationRules = {}): number {
  const isNumber = /^\d+(\.\d+)?$/.test(text);
  if (isNumber && Number(text) !== 0 && !bare) throw new UsageError(`${what} takes a time with its unit, ${text}s, ${text}m or ${text}h: ${text}`);
  if (/^-\d/.test(text)) throw new UsageError(`${what} takes a positive time such as 10m: ${text}`);
  if (!isNumber && !/^(\d+(\.\d+)?[smhd])+$/.test(text)) throw new UsageError(`${what} takes a time such as 30s, 10m or 2h: ${text}`);
  const parts = isNumber ? [[text, text, "s"]] : [...text.matchAll(/(\d+(?:\.\d+)?)([smhd])/g)];
  const seconds = parts.reduce((sum, [, number, unit]) => sum + Number(number) * SECONDS[unit!]!, 0);
  if (seconds === 0 && !zero) throw new UsageError(`${what} takes a positive time such as 10m: ${text}`);
  if (seconds > MOST) throw new UsageError(`${what} takes a time of ten years at most: ${text}`);
  return seconds;
}
