// Spans of time as people type them.
import { UsageError } from "./errors";

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Seconds of `90`, `90s`, `10m`, `1h30m`, `2d`; throws UsageError naming `what` for anything else. */
export function parseDuration(text: string, what: string): number {
  const parts = /^\d+(\.\d+)?$/.test(text) ? [[text, text, "s"]] : [...text.matchAll(/(\d+(?:\.\d+)?)([smhd])/g)];
  const whole = /^\d+(\.\d+)?$/.test(text) || /^(\d+(\.\d+)?[smhd])+$/.test(text);
  if (!whole || parts.length === 0) throw new UsageError(`${what} takes a time such as 30s, 10m or 2h: ${text}`);
  return parts.reduce((sum, [, number, unit]) => sum + Number(number) * SECONDS[unit!]!, 0);
}
