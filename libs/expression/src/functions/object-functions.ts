import type { JsonObject, JsonValue } from '@orchid/kernel';
import { ExpressionError } from '../expression.errors';
import { setMember } from '../values';
import { define, defineVariadic } from './function-definition';

export const OBJECT_FUNCTIONS = [
  define({
    name: 'keys',
    signature: 'keys(object)',
    description: 'The names of the members.',
    examples: [['keys({a: 1, b: 2})', ['a', 'b']]],
    parameters: ['object'],
    call: ([object], run) => {
      const names = Object.keys(object);
      run.spend(names.length);
      return names;
    },
  }),
  define({
    name: 'values',
    signature: 'values(object)',
    description: 'The values of the members.',
    examples: [['values({a: 1, b: 2})', [1, 2]]],
    parameters: ['object'],
    call: ([object], run) => {
      const values = Object.values(object);
      run.spend(values.length);
      return values;
    },
  }),
  define({
    name: 'items',
    signature: 'items(object)',
    description: 'The members as pairs of name and value.',
    examples: [['items({a: 1})', [['a', 1]]]],
    parameters: ['object'],
    call: ([object], run) => {
      const pairs = Object.entries(object);
      run.spend(pairs.length * 2);
      return pairs;
    },
  }),
  define({
    name: 'from_items',
    signature: 'from_items(pairs)',
    description: 'An object made of pairs of name and value.',
    examples: [["from_items([['a', 1]])", { a: 1 }]],
    parameters: ['array'],
    call: ([pairs], run) => {
      run.spend(pairs.length * 2);
      const object: JsonObject = {};
      for (const pair of pairs) setPair(object, pair);
      return object;
    },
  }),
  defineVariadic({
    name: 'merge',
    signature: 'merge(object, ...)',
    description: 'One object with the members of all; later ones win.',
    examples: [['merge({a: 1, b: 1}, {b: 2})', { a: 1, b: 2 }]],
    parameter: 'object',
    call: (objects, run) => {
      const merged: JsonObject = {};
      for (const object of objects) {
        const pairs = Object.entries(object);
        run.spend(pairs.length);
        for (const [name, value] of pairs) setMember(merged, name, value);
      }
      return merged;
    },
  }),
];

function setPair(object: JsonObject, pair: JsonValue): void {
  const [name, value] = Array.isArray(pair) && pair.length === 2 ? pair : [];
  if (typeof name !== 'string' || value === undefined) {
    throw new ExpressionError('expression_error', 'from_items() needs pairs of a text and a value');
  }
  setMember(object, name, value);
}
