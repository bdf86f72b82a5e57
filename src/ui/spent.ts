// Tokens and dollars as people read them.
import type { Spent } from "../base/model";

/** All tokens, read and written, cached ones too: 512, 34k, 1.2M; "" for none. */
export function tokensText(spent: Pick<Spent, "input" | "output" | "cacheRead" | "cacheWrite"> | null): string {
  const n = spent === null ? 0 : spent.input + spent.output + spent.cacheRead + spent.cacheWrite;
  if (n === 0) return "";
  if (n < 1000) return String(n);
  if (n < 999_500) return `${Math.round(n / 1000)}k`;
  return n < 999_500_000 ? `${(n / 1e6).toFixed(1)}M` : `${(n / 1e9).toFixed(1)}G`;
}

/** $0.12, with a + where some of it has no known price; "" where nothing has. */
export function costText(spent: Pick<Spent, "cost" | "partial"> | null): string {
  if (spent === null || spent.cost === null) return "";
  const { cost } = spent;
  const digits = cost > 0 && cost < 0.01 ? cost.toFixed(4) : cost < 100 ? cost.toFixed(2) : String(Math.round(cost));
  return `$${digits}${spent.partial ? "+" : ""}`;
}
