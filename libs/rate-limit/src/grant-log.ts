/** The instants of the last grants of one bucket, oldest first. */
export class GrantLog {
  private times: number[] = [];
  private head = 0;

  add(time: number): void {
    this.times.push(time);
  }

  /**
   * The first instant at which `count` more grants keep every window of `windowMs` at or below `limit`.
   * A window's end belongs to it: clocks that count whole milliseconds cannot cheat.
   */
  opensAt(count: number, limit: number, windowMs: number): number {
    if (count > limit) return Infinity;
    const decisive = this.times.length - limit + count - 1;
    if (decisive < this.head) return 0;
    return (this.times[decisive] ?? 0) + windowMs + 1;
  }

  /** Forgets what lies before `time`. */
  dropBefore(time: number): void {
    while ((this.times[this.head] ?? Infinity) < time) this.head += 1;
    if (this.head < 1_024 || this.head * 2 < this.times.length) return;
    this.times = this.times.slice(this.head);
    this.head = 0;
  }
}
