// List prices of models, as the package @pydantic/genai-prices has them. Loading it and asking for a first price costs 30 ms and more, so
// it is loaded only for a model that has not been asked for on that day.

export interface Priced {
  model: string;
  provider: string | undefined;
  /** Milliseconds since the epoch: prices change. */
  at: number;
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite: number;
}

/** By model and day: dollars a token, read, written, from and to a cache; `each` answer has its own price; `none` is known. */
export type Rates = Record<string, readonly number[] | "each" | "none">;

/** A function from usage to US dollars; null for a model whose price is not known. */
export type PriceOf = (usage: Priced) => number | null;

/** Programs that serve a model on one's own machine: a price that others take for it says nothing. */
const LOCAL = /^(oss|ollama|lmstudio|lm-studio|llama\.?cpp|vllm|local)/i;

/** Prices for `usages`, and for no others. What is learnt is added to `rates`. */
export async function openPrices(rates: Rates, usages: readonly Priced[]): Promise<PriceOf> {
  const known = (usage: Priced) => (Object.hasOwn(rates, keyOf(usage)) ? rates[keyOf(usage)] : undefined);
  const ask = usages.every((usage) => known(usage) !== undefined && known(usage) !== "each") ? null : await askPackage();
  return (usage) => {
    if (usage.model === "" || LOCAL.test(usage.provider ?? "")) return null;
    try {
      if (ask && known(usage) === undefined) rates[keyOf(usage)] = ratesOf(ask, usage);
      const rate = known(usage);
      if (rate === "each") return ask?.(usage)?.total_price ?? null;
      return rate === undefined || rate === "none" ? null : rate[0]! * usage.input + rate[1]! * usage.output + rate[2]! * usage.cacheRead + rate[3]! * usage.cacheWrite;
    } catch {
      return null;
    }
  };
}

function keyOf({ provider, model, at }: Priced): string {
  return `${provider ?? ""} ${model} ${new Date(at).toISOString().slice(0, 10)}`;
}

interface Answer {
  total_price: number;
  model: { prices: unknown };
  model_price: Record<string, unknown>;
}

type Ask = (usage: Priced) => Answer | null;

async function askPackage(): Promise<Ask> {
  const { calcPrice, findProvider } = await import("@pydantic/genai-prices");
  const price = (usage: Priced, providerId: string | undefined) => {
    const tokens = { input_tokens: usage.input + usage.cacheRead + usage.cacheWrite, output_tokens: usage.output, cache_read_tokens: usage.cacheRead, cache_write_tokens: usage.cacheWrite };
    return calcPrice(tokens, usage.model, { timestamp: new Date(usage.at), ...(providerId === undefined ? {} : { providerId }) });
  };
  return (usage) => {
    const known = usage.provider && findProvider({ providerId: usage.provider }) ? usage.provider : undefined;
    return (known === undefined ? null : price(usage, known)) ?? price(usage, undefined);
  };
}

/** Where the price is the same at any length and hour, four numbers say it: one price after the other costs 0.15 ms. */
function ratesOf(ask: Ask, usage: Priced): Rates[string] {
  const none = { ...usage, input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };
  const found = ask({ ...none, input: 1_000_000 });
  if (!found) return "none";
  if (Array.isArray(found.model.prices) || Object.values(found.model_price).some((rate) => typeof rate !== "number")) return "each";
  return [found.total_price / 1_000_000, ...(["output", "cacheRead", "cacheWrite"] as const).map((name) => ask({ ...none, [name]: 1_000_000 })!.total_price / 1_000_000)];
}
