/** Of this many grants to a line with several priorities, one goes to the lowest: `PRIORITY_FLOOR` 5 %. */
const FLOOR_EVERY = 20;

interface Lane<T> {
  readonly priority: number;
  readonly waiters: T[];
}

/** Those who wait for one bucket: the higher priority first, and within one priority first come first served. */
export class WaitingLine<T extends { readonly order: number }> {
  /** Highest priority first; a lane is never empty. */
  private readonly lanes: Lane<T>[] = [];
  private turns = 0;

  get empty(): boolean {
    return this.lanes.length === 0;
  }

  /** `order` decides within a priority, so that one who comes back keeps its place. */
  add(waiter: T, priority: number): void {
    const { waiters } = this.lane(priority);
    waiters.splice(position(waiters, waiter.order), 0, waiter);
  }

  remove(waiter: T, priority: number): void {
    const lane = this.lanes.find((each) => each.priority === priority);
    const index = lane === undefined ? -1 : position(lane.waiters, waiter.order);
    if (lane?.waiters[index] !== waiter) return;
    lane.waiters.splice(index, 1);
    this.dropIfEmpty(lane);
  }

  /** Takes out who is next. */
  shift(): T | undefined {
    const lane = this.turn();
    if (lane === undefined) return undefined;
    this.turns += 1;
    const waiter = lane.waiters.shift();
    this.dropIfEmpty(lane);
    return waiter;
  }

  /** Whether one with this priority and order comes before everybody in line. */
  isBehind(waiter: T, priority: number): boolean {
    const [first] = this.lanes;
    if (first === undefined || priority > first.priority) return true;
    return priority === first.priority && waiter.order < (first.waiters[0]?.order ?? Infinity);
  }

  /** The turn of the last one taken out came to nothing: the floor is a share of grants, not of attempts. */
  turnWasted(): void {
    this.turns = Math.max(0, this.turns - 1);
  }

  /** How many come before one with this priority and order. */
  ahead(waiter: T, priority: number): number {
    let count = 0;
    for (const lane of this.lanes) {
      if (lane.priority > priority) count += lane.waiters.length;
      else if (lane.priority === priority) count += position(lane.waiters, waiter.order);
    }
    return count;
  }

  /** Empties the line. */
  clear(): T[] {
    return this.lanes.splice(0).flatMap((lane) => lane.waiters);
  }

  private turn(): Lane<T> | undefined {
    const isFloorTurn = this.turns % FLOOR_EVERY === FLOOR_EVERY - 1;
    return isFloorTurn ? this.lanes.at(-1) : this.lanes[0];
  }

  private lane(priority: number): Lane<T> {
    const index = this.lanes.findIndex((each) => each.priority <= priority);
    const found = this.lanes[index];
    if (found?.priority === priority) return found;
    const lane = { priority, waiters: [] };
    this.lanes.splice(index < 0 ? this.lanes.length : index, 0, lane);
    return lane;
  }

  private dropIfEmpty(lane: Lane<T>): void {
    if (lane.waiters.length === 0) this.lanes.splice(this.lanes.indexOf(lane), 1);
  }
}

function position(waiters: readonly { readonly order: number }[], order: number): number {
  let low = 0;
  let high = waiters.length;
  if ((waiters[high - 1]?.order ?? -1) < order) return high;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((waiters[middle]?.order ?? Infinity) < order) low = middle + 1;
    else high = middle;
  }
  return low;
}
