export interface Rate {
  readonly per_second: number;
  /** Allocated for one evaluation, its result included; 0 where the collector cannot be held off. */
  readonly bytes_each: number;
}

type Work = () => unknown;

/** A request evaluates about everything once: so many of them are one round. */
const REQUESTS = 1_000;
const ROUNDS = 9;
const ALLOCATION_REQUESTS = 20;

/** Runs each list of works as often as a thousand requests would, by turns; medians over the rounds. */
export function measure(lists: readonly (readonly Work[])[]): Rate[] {
  for (const works of lists) repeat(works, REQUESTS);
  const took = lists.map(() => [] as number[]);
  for (let round = 0; round < ROUNDS; round += 1) {
    const order = round % 2 === 0 ? [...lists.keys()] : [...lists.keys()].reverse();
    for (const at of order) {
      const began = performance.now();
      repeat(lists[at] ?? [], REQUESTS);
      took[at]?.push(performance.now() - began);
    }
  }
  return lists.map((works, at) => ({
    per_second: Math.round((works.length * REQUESTS * 1_000) / median(took[at] ?? [])),
    bytes_each: allocated(works),
  }));
}

/** The least of several: a collection in between makes a figure too small, or negative. */
function allocated(works: readonly Work[]): number {
  const figures: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    globalThis.gc?.();
    const before = process.memoryUsage().heapUsed;
    repeat(works, ALLOCATION_REQUESTS);
    figures.push((process.memoryUsage().heapUsed - before) / (works.length * ALLOCATION_REQUESTS));
  }
  return Math.max(0, Math.round(median(figures)));
}

function repeat(works: readonly Work[], times: number): void {
  for (let time = 0; time < times; time += 1) for (const work of works) work();
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
