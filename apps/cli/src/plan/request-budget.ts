import type { Quota, QuotaOutcome, QuotaRequest, StopSignal } from '@orchid/engine';

/** Lets so many requests through; the next one cancels the execution, once those under way have their answers. */
export class RequestBudget implements Quota {
  private granted = 0;
  private inFlight = 0;
  private exhausted = false;

  constructor(
    private readonly inner: Quota,
    private readonly most: number,
    private readonly stop: StopSignal,
  ) {}

  /** Whether the execution was stopped for having used it up. */
  get isExhausted(): boolean {
    return this.exhausted;
  }

  async acquire(request: QuotaRequest): Promise<QuotaOutcome> {
    if (this.granted >= this.most) return this.refuse(request.signal);
    this.granted += 1;
    let outcome: QuotaOutcome;
    try {
      outcome = await this.inner.acquire(request);
    } catch (error) {
      this.granted -= 1;
      throw error;
    }
    if (outcome.kind !== 'granted') {
      this.granted -= 1;
      return outcome;
    }
    const { grant } = outcome;
    this.inFlight += 1;
    const release = async () => {
      await grant.release();
      this.inFlight -= 1;
      this.stopWhenIdle();
    };
    return { ...outcome, grant: { learn: (answer) => grant.learn(answer), release } };
  }

  private async refuse(signal: AbortSignal): Promise<never> {
    this.exhausted = true;
    const cancelled = new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    });
    this.stopWhenIdle();
    await cancelled;
    throw signal.reason;
  }

  private stopWhenIdle(): void {
    if (this.exhausted && this.inFlight === 0) this.stop.ask('cancel');
  }
}
