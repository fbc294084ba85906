import type { JsonValue } from '@orchid/kernel';
import { ExpressionError } from '../expression.errors';
import { isNumeric, member } from '../values';
import { define } from './function-definition';

export const DATA_FUNCTIONS = [
  define({
    name: 'default',
    signature: 'default(value, otherwise)',
    description: 'The value, or the other where it is null.',
    examples: [
      ['default(null, 0)', 0],
      ["default('', 'x')", ''],
    ],
    parameters: ['any', 'any'],
    takesNull: true,
    call: ([value, otherwise]) => value ?? otherwise,
  }),
  define({
    name: 'get',
    signature: 'get(object or array, key)',
    description: 'The member whose name, or the element whose index, is computed; null where there is none.',
    examples: [
      ["get({a: 1}, 'a')", 1],
      ["get(['x', 'y'], 1)", 'y'],
      ["get({a: 1}, 'b')", null],
    ],
    parameters: ['array or object', 'text or number'],
    call: ([owner, key]) => {
      if (!Array.isArray(owner)) return member(owner, String(key));
      return isNumeric(key) ? (owner.at(Number(key)) ?? null) : null;
    },
  }),
  define({
    name: 'chunk',
    signature: 'chunk(list, size)',
    description: 'The list cut into lists of at most `size` elements.',
    examples: [['chunk([1, 2, 3], 2)', [[1, 2], [3]]]],
    parameters: ['array', 'number'],
    call: ([list, size], run) => {
      if (!Number.isSafeInteger(size) || size < 1) {
        throw new ExpressionError('expression_error', 'chunk() needs a size of at least 1');
      }
      const step = Number(size);
      const length = Math.ceil(list.length / step);
      run.checkItems(length);
      run.spend(list.length);
      return Array.from({ length }, (_, at) => list.slice(at * step, (at + 1) * step));
    },
  }),
  define({
    name: 'product',
    signature: 'product(list, list)',
    description: 'Every pair of an element of the first list and one of the second.',
    examples: [
      [
        "product(['a', 'b'], [1, 2])",
        [
          ['a', 1],
          ['a', 2],
          ['b', 1],
          ['b', 2],
        ],
      ],
    ],
    parameters: ['array', 'array'],
    call: ([first, second], run) => {
      run.checkItems(first.length * second.length);
      run.spend(first.length * second.length);
      return first.flatMap((left) => second.map((right): JsonValue => [left, right]));
    },
  }),
];
