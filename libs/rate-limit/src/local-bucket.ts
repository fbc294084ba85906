import type { Clock } from '@orchid/kernel';
import { Alarm } from './alarm';
import { FARTHEST_LOOK, type Outlook } from './grant-store.port';
import type { Waiter } from './waiter';
import { WaitingLine } from './waiting-line';

/** What this process knows of one bucket: who waits for it, and when trying is worthwhile. */
export class LocalBucket {
  readonly line = new WaitingLine<Waiter>();
  private readonly alarm: Alarm;
  private trying = 0;
  /** So many attempts may be on their way: what the last answer had room for, since those sent after it use that up. */
  private allowance = FARTHEST_LOOK;
  private opensAt = 0;
  private firm = true;

  constructor(
    readonly name: string,
    private readonly clock: Clock,
    onOpen: (bucket: LocalBucket) => void,
  ) {
    this.alarm = new Alarm(clock, () => onOpen(this));
  }

  get ready(): boolean {
    return this.trying < this.allowance && this.opensAt <= this.clock.now();
  }

  get idle(): boolean {
    return this.trying === 0 && this.line.empty && this.opensAt <= this.clock.now();
  }

  /** The earliest time of a grant for this one as far as this process knows: those before it take the first windows. */
  earliestFor(waiter: Waiter): number {
    const next = Math.max(this.opensAt, this.clock.now() + 1);
    const demand = waiter.demandOn(this);
    if (demand?.requests === undefined || demand.windowMs === undefined) return next;
    const windows = Math.floor(this.line.ahead(waiter, demand.priority) / demand.requests);
    return next + windows * demand.windowMs;
  }

  /** Whether it is known already that nothing is granted until after `deadline`. */
  isClosedBeyond(deadline: number): boolean {
    return this.firm && this.opensAt > deadline;
  }

  attemptStarted(): void {
    this.trying += 1;
  }

  attemptEnded(): void {
    this.trying -= 1;
  }

  granted(outlook: Outlook): void {
    this.expect(outlook);
  }

  refused(outlook: Outlook): void {
    this.line.turnWasted();
    this.expect(outlook);
  }

  close(until: number): void {
    if (until <= this.opensAt) return;
    this.opensAt = until;
    this.firm = true;
  }

  slotReturned(): void {
    if (!this.firm) this.opensAt = 0;
  }

  /** Makes sure that those in line are looked at again. An attempt on its way does that by itself. */
  arm(): void {
    if (this.line.empty) this.alarm.cancel();
    else if (this.trying === 0) this.alarm.setNoLaterThan(this.opensAt);
  }

  private expect({ room, waitMs, firm }: Outlook): void {
    this.allowance = Math.max(1, room);
    if (waitMs === 0) return;
    this.opensAt = this.clock.now() + waitMs;
    this.firm = firm;
  }
}
