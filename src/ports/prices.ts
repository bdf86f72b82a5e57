// List prices of models, as the package @pydantic/genai-prices has them; it is loaded (10 ms) only where something is to be priced.

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

/** Programs that serve a model on one's own machine: a price that others take for it says nothing. */
const LOCAL = /^(oss|ollama|lmstudio|lm-studio|llama\.?cpp|vllm|local)/i;

export type PriceOf = (usage: Priced) => number | null;

/** A function from usage to US dollars; null for a model whose price is not known. */
export async function openPrices(): Promise<PriceOf> {
  const { calcPrice, findProvider } = await import("@pydantic/genai-prices");
  // One price after the other costs 0.15 ms; most are the same few numbers a token.
  const flat = new Map<string, readonly number[] | null>();
  const price = (usage: Priced, providerId: string | undefined) => {
    const tokens = { input_tokens: usage.input + usage.cacheRead + usage.cacheWrite, output_tokens: usage.output, cache_read_tokens: usage.cacheRead, cache_write_tokens: usage.cacheWrite };
    return calcPrice(tokens, usage.model, { timestamp: new Date(usage.at || Date.now()), ...(providerId === undefined ? {} : { providerId }) });
  };
  const ask = (usage: Priced) => {
    const known = usage.provider && findProvider({ providerId: usage.provider }) ? usage.provider : undefined;
    return (known === undefined ? null : price(usage, known)) ?? price(usage, undefined);
  };
  return (usage) => {
    if (usage.model === "" || LOCAL.test(usage.provider ?? "")) return null;
    const key = `${usage.provider} ${usage.model} ${new Date(usage.at).toISOString().slice(0, 10)}`;
    try {
      if (!flat.has(key)) flat.set(key, flatRates(ask, usage));
      const rates = flat.get(key);
      if (rates) return rates[0]! * usage.input + rates[1]! * usage.output + rates[2]! * usage.cacheRead + rates[3]! * usage.cacheWrite;
      return ask(usage)?.total_price ?? null;
    } catch {
      return null;
    }
  };
}

/** Dollars a token where the price is the same at any length and time; null where it has to be asked for each answer. */
function flatRates(ask: (usage: Priced) => { total_price: number; model: { prices: unknown }; model_price: Record<string, unknown> } | null, usage: Priced): readonly number[] | null {
  const none = { ...usage, input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };
  const found = ask({ ...none, input: 1_000_000 });
  if (!found || Array.isArray(found.model.prices) || Object.values(found.model_price).some((rate) => typeof rate !== "number")) return null;
  return (["input", "output", "cacheRead", "cacheWrite"] as const).map((name) => ask({ ...none, [name]: 1_000_000 })!.total_price / 1_000_000);
}
