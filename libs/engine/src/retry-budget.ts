import { backoffMs, type CompiledRequest } from '@orchid/plan';
import type { WaitState } from './checkpoint';

/** Counts what the attempts of one request have used of its retries and of its time. */
export class RetryBudget {
  private retries: number;
  private told: number;
  private readonly activeBefore: number;
  private readonly startedAt: number;
  private excused = 0;
  pollingSince: number | null;

  constructor(
    private readonly request: CompiledRequest,
    waited: WaitState | null,
    now: number,
  ) {
    this.retries = waited?.retries ?? 0;
    this.told = waited?.told ?? 0;
    this.activeBefore = waited?.activeMs ?? 0;
    this.pollingSince = waited?.pollingSince ?? null;
    this.startedAt = now;
  }

  get attempt(): number {
    return this.retries + this.told + 1;
  }

  /**
   * Takes one retry and answers how long to wait before it, in milliseconds; null when none is left. A wait the server asked
   * for (`toldMs`) is free until it has been asked for `max_retries` times in a row.
   */
  next(toldMs: number | null, random: number): number | null {
    const { maxRetries } = this.request.retry;
    if (toldMs !== null && this.told < maxRetries) {
      this.told += 1;
      return Math.max(toldMs, backoffMs(this.request.retry, this.retries + 1, random));
    }
    if (this.retries >= maxRetries) return null;
    this.retries += 1;
    if (toldMs === null) this.told = 0;
    return Math.max(toldMs ?? 0, backoffMs(this.request.retry, this.retries, random));
  }

  /** Time that counts against neither the step nor the execution. */
  excuse(milliseconds: number): void {
    this.excused += milliseconds;
  }

  isOverdue(now: number): boolean {
    return this.activeMs(now) > this.request.stepTimeoutMs;
  }

  state(now: number): WaitState {
    return { retries: this.retries, told: this.told, activeMs: this.activeMs(now), pollingSince: this.pollingSince };
  }

  private activeMs(now: number): number {
    return this.activeBefore + now - this.startedAt - this.excused;
  }
}
