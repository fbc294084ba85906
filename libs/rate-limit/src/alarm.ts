import type { Clock } from '@orchid/kernel';

/** One timer that can be moved. It rings at most once per setting. */
export class Alarm {
  private at = Infinity;
  private cancellation: AbortController | null = null;

  constructor(
    private readonly clock: Clock,
    private readonly ring: () => void,
  ) {}

  /** Rings at `at` (milliseconds since the epoch) or earlier when already set so: the ringer looks at the time. */
  setNoLaterThan(at: number): void {
    if (at >= this.at) return;
    this.cancel();
    this.at = at;
    const cancellation = new AbortController();
    this.cancellation = cancellation;
    this.clock.sleep(Math.max(0, at - this.clock.now()), cancellation.signal).then(
      () => this.rang(cancellation),
      () => undefined,
    );
  }

  cancel(): void {
    this.at = Infinity;
    this.cancellation?.abort();
    this.cancellation = null;
  }

  private rang(cancellation: AbortController): void {
    if (this.cancellation !== cancellation) return;
    this.at = Infinity;
    this.cancellation = null;
    this.ring();
  }
}
