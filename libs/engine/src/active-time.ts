/** How long an execution has been at work: time in which everything waits for a server or a bucket does not count. */
export class ActiveTime {
  private readonly startedAt: number;
  private requests = 0;
  private waiting = 0;
  private idleSince: number | null = null;
  private idleMs = 0;

  /** `now` in milliseconds. */
  constructor(private readonly now: () => number) {
    this.startedAt = now();
  }

  ms(): number {
    const now = this.now();
    return now - this.startedAt - this.idleMs - (this.idleSince === null ? 0 : now - this.idleSince);
  }

  /** The time of one request, from its rendering to its last answer. */
  async ofRequest<T>(work: () => Promise<T>): Promise<T> {
    this.change(1, 0);
    try {
      return await work();
    } finally {
      this.change(-1, 0);
    }
  }

  /** A wait of a request that others imposed. */
  async ofWait<T>(work: () => Promise<T>): Promise<T> {
    this.change(0, 1);
    try {
      return await work();
    } finally {
      this.change(0, -1);
    }
  }

  private change(requests: number, waiting: number): void {
    this.requests += requests;
    this.waiting += waiting;
    const isIdle = this.waiting > 0 && this.waiting === this.requests;
    const now = this.now();
    if (isIdle) this.idleSince ??= now;
    else if (this.idleSince !== null) {
      this.idleMs += now - this.idleSince;
      this.idleSince = null;
    }
  }
}
