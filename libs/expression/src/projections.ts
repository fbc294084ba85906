import type { JsonValue } from '@orchid/kernel';
import type { Evaluate } from './evaluate';
import { ExpressionError } from './expression.errors';
import type { Node } from './node';
import { nodeSize } from './node-size';
import type { Run } from './run';
import { characters, isFalse } from './values';

/** What runs for each element, with its tree to know what an element costs. */
interface PerElement {
  readonly node: Node;
  readonly run: Evaluate;
}

/** `[*]`, `.*` and slices: the right side for each element, nulls left out. */
export function compileProjection(over: 'list' | 'slice' | 'values', left: Evaluate, each: PerElement): Evaluate {
  const cost = nodeSize(each.node);
  return (current, run) => {
    const base = left(current, run);
    if (over === 'slice' && typeof base === 'string') return each.run(base, run);
    const elements = over === 'values' ? valuesOf(base) : base;
    return Array.isArray(elements) ? collect(elements, each, cost, run) : null;
  };
}

function collect(elements: readonly JsonValue[], each: PerElement, cost: number, run: Run): JsonValue[] {
  run.spend(elements.length * cost);
  const results: JsonValue[] = [];
  for (const element of elements) {
    const result = each.run(element, run);
    if (result !== null) results.push(result);
  }
  return results;
}

function valuesOf(value: JsonValue): JsonValue[] | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.values(value) : null;
}

/** `[?condition]`: the right side for each element for which the condition is true. */
export function compileFilter(left: Evaluate, condition: PerElement, each: PerElement): Evaluate {
  const cost = nodeSize(condition.node) + nodeSize(each.node);
  return (current, run) => {
    const base = left(current, run);
    if (!Array.isArray(base)) return null;
    run.spend(base.length * cost);
    const results: JsonValue[] = [];
    for (const element of base) {
      if (isFalse(condition.run(element, run))) continue;
      const result = each.run(element, run);
      if (result !== null) results.push(result);
    }
    return results;
  };
}

/** `[]`: one level of lists inside a list joined. */
export function compileFlatten(child: Evaluate): Evaluate {
  return (current, run) => {
    const value = child(current, run);
    if (!Array.isArray(value)) return null;
    let length = 0;
    for (const element of value) length += Array.isArray(element) ? element.length : 1;
    run.spend(length);
    return value.flatMap((element) => element);
  };
}

type Slice = Extract<Node, { type: 'slice' }>;

/** `[start:stop:step]` of a list or of a text's code points. */
export function compileSlice(slice: Slice): Evaluate {
  if (slice.step === 0) throw new ExpressionError('expression_syntax', 'the step of a slice cannot be 0');
  return (current, run) => {
    if (typeof current === 'string') {
      run.produce(current.length);
      return take(characters(current), slice).join('');
    }
    if (!Array.isArray(current)) return null;
    const taken = take(current, slice);
    run.spend(taken.length);
    return taken;
  };
}

function take<T>(elements: readonly T[], { start, stop, step }: Slice): T[] {
  const { length } = elements;
  const forward = step > 0;
  const first = start === null ? (forward ? 0 : length - 1) : clamp(start, length, forward);
  const end = stop === null ? (forward ? length : -1) : clamp(stop, length, forward);
  if (step === 1) return elements.slice(first, Math.max(first, end));
  const taken: T[] = [];
  for (let at = first; forward ? at < end : at > end; at += step) {
    const element = elements[at];
    if (element !== undefined) taken.push(element);
  }
  return taken;
}

function clamp(index: number, length: number, forward: boolean): number {
  const absolute = index < 0 ? index + length : index;
  if (absolute < 0) return forward ? 0 : -1;
  return absolute < length ? absolute : forward ? length : length - 1;
}
