import type { LedgerEntry, StubStats } from './stub-api.types';

/** Remembers every request and counts them. */
export class Ledger {
  readonly entries: LedgerEntry[] = [];
  private requests = 0;
  private tokenCalls = 0;
  private inFlight = 0;
  private mostInFlight = 0;
  private readonly routes = new Map<string, number>();
  private readonly statuses = new Map<number, number>();

  constructor(private readonly keep: boolean) {}

  arrive(entry: Omit<LedgerEntry, 'seq' | 'status'>, route: string): LedgerEntry {
    this.requests += 1;
    this.inFlight += 1;
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
    if (route === 'POST /oauth/token') this.tokenCalls += 1;
    this.routes.set(route, (this.routes.get(route) ?? 0) + 1);
    const recorded: LedgerEntry = { seq: this.requests, ...entry, status: 0 };
    if (this.keep) this.entries.push(recorded);
    return recorded;
  }

  /** The response's headers have left. */
  answer(entry: LedgerEntry, status: number): void {
    entry.status = status;
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
  }

  /** The exchange is over, answered or not. */
  leave(): void {
    this.inFlight -= 1;
  }

  since(seq: number): readonly LedgerEntry[] {
    return this.entries.filter((entry) => entry.seq > seq);
  }

  stats(): StubStats {
    const { requests, tokenCalls, inFlight, mostInFlight } = this;
    return {
      requests,
      tokenCalls,
      inFlight,
      mostInFlight,
      byRoute: Object.fromEntries(this.routes),
      byStatus: Object.fromEntries(this.statuses),
    };
  }

  clear(): void {
    this.entries.length = 0;
    this.requests = 0;
    this.tokenCalls = 0;
    this.mostInFlight = this.inFlight;
    this.routes.clear();
    this.statuses.clear();
  }
}
