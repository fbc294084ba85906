/** Lets finished items go in the order of their indexes, and holds back those that run too far ahead. */
export class OrderedRelease {
  private next = 0;
  private readonly ready = new Map<number, () => Promise<void>>();
  private readonly skipped: (index: number) => boolean;
  private readonly setAside = new Set<number>();
  private waiters: (() => void)[] = [];
  private draining: Promise<void> | null = null;
  private open = true;

  /** `window`: how many items may be under way between the oldest unfinished one and the newest. */
  constructor(
    private readonly window: number,
    isDone: (index: number) => boolean,
  ) {
    this.skipped = (index) => this.setAside.has(index) || isDone(index);
  }

  /** Resolves when item `index` may start. */
  async room(index: number): Promise<void> {
    this.skipForward();
    while (this.open && index - this.next >= this.window) {
      await new Promise<void>((resolve) => this.waiters.push(resolve));
    }
  }

  /** Runs `release` after those of all earlier items; resolves when it ran, or at once while an earlier item is still under way. */
  async finished(index: number, release: () => Promise<void>): Promise<void> {
    this.ready.set(index, release);
    await this.drain();
  }

  /** The item will not finish now: later ones need not wait for it. */
  async aside(index: number): Promise<void> {
    this.setAside.add(index);
    await this.drain();
  }

  /** Lets everybody go who waits for room. */
  halt(): void {
    this.open = false;
    this.wake();
  }

  private async drain(): Promise<void> {
    // One that becomes ready while a drain is ending would be missed by it: hence the second look.
    do {
      this.draining ??= this.releaseAll().finally(() => {
        this.draining = null;
      });
      await this.draining;
    } while (this.isReady());
  }

  private async releaseAll(): Promise<void> {
    this.skipForward();
    for (let release = this.ready.get(this.next); release !== undefined; release = this.ready.get(this.next)) {
      const index = this.next;
      this.ready.delete(index);
      await release();
      // Somebody who looked for room meanwhile may have moved on already.
      this.next = Math.max(this.next, index + 1);
      this.skipForward();
      this.wake();
    }
    this.wake();
  }

  private isReady(): boolean {
    this.skipForward();
    return this.ready.has(this.next);
  }

  private skipForward(): void {
    while (!this.ready.has(this.next) && this.skipped(this.next)) this.next += 1;
  }

  private wake(): void {
    const waiters = this.waiters;
    this.waiters = [];
    for (const waiter of waiters) waiter();
  }
}
