import type { AcquireOutcome, AcquireRequest, BucketDemand } from './rate-limiter.port';
import type { WaitingLine } from './waiting-line';

/** What one can wait for. */
export interface WaitingPlace {
  readonly name: string;
  readonly line: WaitingLine<Waiter>;
}

/** One request for a grant on its way. */
export class Waiter {
  /** The bucket in whose line it stands; null while it is tried or done. */
  private place: { readonly bucket: WaitingPlace; readonly priority: number } | null = null;
  settled = false;
  readonly outcome: Promise<AcquireOutcome>;
  private resolve: (outcome: AcquireOutcome) => void = () => undefined;
  private rejectWith: (error: unknown) => void = () => undefined;

  constructor(
    readonly request: AcquireRequest,
    readonly order: number,
    readonly startedAt: number,
  ) {
    this.outcome = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.rejectWith = reject;
    });
  }

  get deadline(): number {
    return this.startedAt + this.request.maxWaitMs;
  }

  get standsIn(): WaitingPlace | null {
    return this.place?.bucket ?? null;
  }

  joins(bucket: WaitingPlace): void {
    const priority = this.priorityIn(bucket);
    this.place = { bucket, priority };
    bucket.line.add(this, priority);
  }

  /** It was taken out of its line to be tried. */
  leftLine(): void {
    this.place = null;
  }

  demandOn(bucket: WaitingPlace): BucketDemand | undefined {
    return this.request.demands.find((demand) => demand.bucket === bucket.name);
  }

  priorityIn(bucket: WaitingPlace): number {
    return this.demandOn(bucket)?.priority ?? 0;
  }

  settle(outcome: AcquireOutcome): void {
    this.leave();
    this.resolve(outcome);
  }

  reject(error: unknown): void {
    this.leave();
    this.rejectWith(error);
  }

  private leave(): void {
    this.settled = true;
    this.place?.bucket.line.remove(this, this.place.priority);
    this.place = null;
  }
}
