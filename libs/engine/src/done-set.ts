type Range = readonly [first: number, last: number];

/** Which items are finished, kept small: items finish nearly in order, so that one range says almost everything. */
export class DoneSet {
  private prefix = 0;
  private readonly beyond = new Set<number>();

  constructor(ranges: readonly Range[]) {
    for (const [first, last] of ranges) for (let index = first; index <= last; index += 1) this.add(index);
  }

  has(index: number): boolean {
    return index < this.prefix || this.beyond.has(index);
  }

  add(index: number): void {
    this.beyond.add(index);
    while (this.beyond.delete(this.prefix)) this.prefix += 1;
  }

  get size(): number {
    return this.prefix + this.beyond.size;
  }

  ranges(): Range[] {
    const ranges: [number, number][] = this.prefix > 0 ? [[0, this.prefix - 1]] : [];
    for (const index of [...this.beyond].sort((a, b) => a - b)) {
      const last = ranges.at(-1);
      if (last?.[1] === index - 1) last[1] = index;
      else ranges.push([index, index]);
    }
    return ranges;
  }
}
