import type { JsonObject, JsonValue } from '@orchid/kernel';
import type { Evaluate } from '../evaluate';
import { ExpressionError } from '../expression.errors';
import type { Run } from '../run';
import { compare, isNumeric, member, setMember, typeOf } from '../values';
import { define } from './function-definition';

const PEOPLE = "[{n: 'b', a: 2}, {n: 'a', a: 1}]";

export const BY_FUNCTIONS = [
  define({
    name: 'map',
    signature: 'map(&expression, list)',
    description: 'The expression for each element; nulls stay.',
    examples: [[`map(&n, ${PEOPLE})`, ['b', 'a']]],
    parameters: ['expression', 'array'],
    call: ([expression, list], run) => each(list, expression, run),
  }),
  define({
    name: 'sort_by',
    signature: 'sort_by(list, &expression)',
    description: 'The elements ordered by what the expression gives for each, all numbers or all texts.',
    examples: [[`sort_by(${PEOPLE}, &a)[*].n`, ['a', 'b']]],
    parameters: ['array', 'expression'],
    call: ([list, expression], run) => {
      const entries = keyed('sort_by', list, expression, run);
      run.spend(list.length * 16);
      return entries.sort((left, right) => compare(left.key, right.key) ?? 0).map(({ element }) => element);
    },
  }),
  define({
    name: 'max_by',
    signature: 'max_by(list, &expression)',
    description: 'The element for which the expression is largest; null for an empty list.',
    examples: [[`max_by(${PEOPLE}, &a).n`, 'b']],
    parameters: ['array', 'expression'],
    call: ([list, expression], run) => extremeBy(keyed('max_by', list, expression, run), 1),
  }),
  define({
    name: 'min_by',
    signature: 'min_by(list, &expression)',
    description: 'The element for which the expression is smallest; null for an empty list.',
    examples: [[`min_by(${PEOPLE}, &a).n`, 'a']],
    parameters: ['array', 'expression'],
    call: ([list, expression], run) => extremeBy(keyed('min_by', list, expression, run), -1),
  }),
  define({
    name: 'group_by',
    signature: 'group_by(list, &expression)',
    description: 'An object of lists: the elements by the text the expression gives for each.',
    examples: [[`group_by(${PEOPLE}, &n).a`, [{ n: 'a', a: 1 }]]],
    parameters: ['array', 'expression'],
    call: ([list, expression], run) => groupBy(list, expression, run),
  }),
];

function each(list: readonly JsonValue[], expression: Evaluate, run: Run): JsonValue[] {
  run.spend(list.length);
  return list.map((element) => expression(element, run));
}

interface Keyed {
  readonly key: JsonValue;
  readonly element: JsonValue;
}

function keyed(name: string, list: readonly JsonValue[], expression: Evaluate, run: Run): Keyed[] {
  const keys = each(list, expression, run);
  const type = typeOf(keys[0] ?? null);
  const ordered = type === 'number' || type === 'string';
  if (keys.length > 0 && (!ordered || keys.some((key) => typeOf(key) !== type))) {
    const hint = 'default(x, 0) inside the expression replaces nulls';
    throw new ExpressionError('expression_error', `${name}() needs a number for each element or a text for each`, {
      hint,
    });
  }
  return list.map((element, at) => ({ key: keys[at] ?? null, element }));
}

function extremeBy(entries: readonly Keyed[], sign: 1 | -1): JsonValue {
  const [first] = entries;
  if (first === undefined) return null;
  return entries.reduce((best, entry) => ((compare(entry.key, best.key) ?? 0) * sign > 0 ? entry : best), first)
    .element;
}

function groupBy(list: readonly JsonValue[], expression: Evaluate, run: Run): JsonObject {
  const groups: JsonObject = {};
  for (const [at, key] of each(list, expression, run).entries()) {
    if (typeof key !== 'string' && !isNumeric(key)) {
      throw new ExpressionError('expression_error', 'group_by() needs a text for each element');
    }
    const name = String(key);
    const group = member(groups, name);
    const element = list[at] ?? null;
    if (Array.isArray(group)) group.push(element);
    else setMember(groups, name, [element]);
  }
  return groups;
}
