import type { Clock } from '@orchid/kernel';

interface Sleeper {
  readonly at: number;
  wake(): void;
}

/** A clock for tests that moves only when told to, from one sleeper to the next. */
export class SteppedClock implements Clock {
  private readonly sleepers = new Set<Sleeper>();

  constructor(private time = 1_700_000_000_000) {}

  now(): number {
    return this.time;
  }

  get sleeping(): number {
    return this.sleepers.size;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const sleeper = { at: this.time + Math.max(0, ms), wake: resolve };
      this.sleepers.add(sleeper);
      signal?.addEventListener('abort', () => {
        this.sleepers.delete(sleeper);
        reject(new Error('aborted'));
      });
    });
  }

  async advance(ms: number): Promise<void> {
    const end = this.time + ms;
    await drainMicrotasks();
    for (let next = this.next(); next !== undefined && next.at <= end; next = this.next()) {
      this.sleepers.delete(next);
      this.time = Math.max(this.time, next.at);
      next.wake();
      await drainMicrotasks();
    }
    this.time = end;
  }

  /** Moves on until `promise` is settled. Throws when nothing sleeps that could settle it. */
  async run<T>(promise: Promise<T>): Promise<T> {
    const state = { settled: false };
    const done = (): void => {
      state.settled = true;
    };
    promise.then(done, done);
    await drainMicrotasks();
    while (!state.settled) {
      const next = this.next();
      if (next === undefined) throw new Error('nothing left to wait for');
      await this.advance(next.at - this.time);
    }
    return promise;
  }

  private next(): Sleeper | undefined {
    let first: Sleeper | undefined;
    for (const sleeper of this.sleepers) if (first === undefined || sleeper.at < first.at) first = sleeper;
    return first;
  }
}

async function drainMicrotasks(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
