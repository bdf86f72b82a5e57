// Rounds: every unit once a round, in random order, so that a moment in which the machine is busy hits floor and fleet alike.
import type { Sample } from "./time";

/** What was measured, by name. */
export type Series = Map<string, Sample[]>;

/** One thing to measure; it may note several samples, and cleans up after itself outside of them. */
export type Unit = (note: (name: string, sample: Sample) => void) => void | Promise<void>;

export interface RoundsOptions {
  rounds: number;
  /** Rounds before, whose samples are thrown away. */
  warmUp: number;
  /** Untimed, before each unit. */
  before?: () => void | Promise<void>;
}

/** Add the samples of all units to `series`. */
export async function runRounds(series: Series, units: readonly Unit[], { rounds, warmUp, before }: RoundsOptions): Promise<void> {
  for (let round = -warmUp; round < rounds; round++) {
    for (const unit of shuffled(units)) {
      await before?.();
      await unit((name, sample) => {
        if (round < 0) return;
        if (!series.has(name)) series.set(name, []);
        series.get(name)!.push({ wall: sample.wall, cpu: sample.cpu });
      });
    }
  }
}

function shuffled<T>(all: readonly T[]): T[] {
  const rest = [...all];
  const order: T[] = [];
  while (rest.length > 0) order.push(...rest.splice(Math.floor(Math.random() * rest.length), 1));
  return order;
}
