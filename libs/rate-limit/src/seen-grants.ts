import type { BucketDemand } from './rate-limiter.port';

const SWEEP_ABOVE = 1_000;

interface Seen {
  readonly written: number;
  readonly at: number;
}

/**
 * How far the logs of the buckets were written when this process last took from them. A server that knows less than
 * this has lost its memory: it was flushed, or restarted without its last writes.
 */
export class SeenGrants {
  private readonly seen = new Map<string, Seen>();

  /** The count to expect at least; 0 when the log may have expired by rights. */
  of({ bucket, windowMs }: BucketDemand): number {
    const seen = this.seen.get(bucket);
    return seen !== undefined && windowMs !== undefined && monotonicMs() - seen.at < windowMs ? seen.written : 0;
  }

  note({ bucket, windowMs }: BucketDemand, written: number): void {
    if (windowMs === undefined) return;
    // Oldest first: the ones at the front were not taken from for longest.
    this.seen.delete(bucket);
    this.seen.set(bucket, { written, at: monotonicMs() });
    if (this.seen.size <= SWEEP_ABOVE) return;
    for (const [oldest] of this.seen) {
      this.seen.delete(oldest);
      break;
    }
  }
}

/** Only spans are compared here, never instants of other hosts: the process's own steady clock is the right one. */
function monotonicMs(): number {
  return performance.now();
}
