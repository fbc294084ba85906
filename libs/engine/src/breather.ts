/** Longest work between two turns of the event loop, in milliseconds. */
const SLICE_MS = 20;

const sleepers: (() => void)[] = [];

/** Wakes one a turn: what several executions do in their slices does not add up. */
function wakeOne(): void {
  sleepers.shift()?.();
  if (sleepers.length > 0) setImmediate(wakeOne);
}

/** Lets the rest of the process have its turn during long work that waits for nothing. */
export class Breather {
  private since = performance.now();

  /** It has been at work for a slice. */
  get isDue(): boolean {
    return performance.now() - this.since > SLICE_MS;
  }

  async rest(): Promise<void> {
    await new Promise<void>((resolve) => {
      sleepers.push(resolve);
      if (sleepers.length === 1) setImmediate(wakeOne);
    });
    this.since = performance.now();
  }
}
