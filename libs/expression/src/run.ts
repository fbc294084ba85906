import type { JsonValue } from '@orchid/kernel';
import { ExpressionError } from './expression.errors';
import type { Scope } from './expression.types';

const MAX_STEPS = 10_000_000;
const MAX_OUTPUT = 16_777_216;
const MAX_ITEMS = 10_000;
/** What an element or member counts for, in characters. */
const PER_ELEMENT = 8;

/** One evaluation: its data, its variables and what it may still spend. */
export class Run {
  readonly slots: JsonValue[] = [];
  private steps = 0;
  private output = 0;
  private time: number | null = null;

  constructor(
    readonly scope: Scope,
    private readonly clock: () => number,
  ) {}

  /** Counts work: about one step per node visited or element looked at. */
  spend(steps: number): void {
    this.steps += steps;
    if (this.steps > MAX_STEPS) throw tooCostly('too many steps');
  }

  /** Counts what is built, in characters and elements; called before building where the size can explode. */
  produce(size: number): void {
    this.output += size;
    if (this.output > MAX_OUTPUT) throw tooCostly('too much output');
  }

  /** Refuses lists that a function would make longer than an author can have meant. */
  checkItems(count: number): void {
    if (count > MAX_ITEMS) {
      throw new ExpressionError('too_many_items', `a list of more than ${MAX_ITEMS} elements`);
    }
  }

  /** Counts a value as it would be written out, shared parts as often as they occur. */
  measure(value: JsonValue): void {
    if (typeof value === 'string') this.produce(value.length);
    if (typeof value !== 'object' || value === null) return;
    if (Array.isArray(value)) {
      this.produce((value.length + 1) * PER_ELEMENT);
      for (const element of value) this.measure(element);
      return;
    }
    const names = Object.keys(value);
    this.produce((names.length + 1) * PER_ELEMENT);
    for (const name of names) this.measure(value[name] ?? null);
  }

  /** Milliseconds since the epoch, the same throughout one evaluation. */
  now(): number {
    this.time ??= this.clock();
    return this.time;
  }
}

export function tooCostly(message: string): ExpressionError {
  return new ExpressionError('expression_too_costly', message);
}
