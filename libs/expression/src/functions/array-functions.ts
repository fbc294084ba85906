import type { JsonValue } from '@orchid/kernel';
import { ExpressionError } from '../expression.errors';
import type { Run } from '../run';
import { characters, compare, equal, typeOf } from '../values';
import { built } from './text-functions';
import { define, defineVariadic } from './function-definition';

export const ARRAY_FUNCTIONS = [
  define({
    name: 'length',
    signature: 'length(text, array or object)',
    description: 'The number of characters, elements or members.',
    examples: [
      ["length('abc')", 3],
      ['length([1, 2])', 2],
      ['length(null)', null],
    ],
    parameters: ['text, array or object'],
    call: ([value], run) => {
      if (typeof value === 'string') return characters(value).length;
      if (Array.isArray(value)) return value.length;
      const { length } = Object.keys(value);
      run.spend(length);
      return length;
    },
  }),
  define({
    name: 'contains',
    signature: 'contains(text or array, value)',
    description: 'Whether the text holds the part, or the list an equal element.',
    examples: [
      ["contains('not found', 'found')", true],
      ['contains([401, 403], 403)', true],
    ],
    parameters: ['text or array', 'any'],
    call: ([subject, value], run) => {
      if (typeof subject === 'string') return typeof value === 'string' ? subject.includes(value) : null;
      run.spend(subject.length);
      return subject.some((element) => equal(element, value, run));
    },
  }),
  define({
    name: 'reverse',
    signature: 'reverse(text or array)',
    description: 'The characters or elements in reverse order.',
    examples: [
      ["reverse('abc')", 'cba'],
      ['reverse([1, 2])', [2, 1]],
    ],
    parameters: ['text or array'],
    call: ([value], run) => {
      if (typeof value === 'string') return built(characters(value).reverse().join(''), run);
      run.spend(value.length);
      return value.toReversed();
    },
  }),
  define({
    name: 'sort',
    signature: 'sort(list)',
    description: 'A list of numbers by value, or of texts by code point.',
    examples: [
      ['sort([10, 9, 1])', [1, 9, 10]],
      ["sort(['b', 'a'])", ['a', 'b']],
    ],
    parameters: ['array'],
    call: ([values], run) => {
      checkComparable('sort', values, run);
      run.spend(values.length * 16);
      return values.toSorted((left, right) => compare(left, right) ?? 0);
    },
  }),
  define({
    name: 'max',
    signature: 'max(list)',
    description: 'The largest of a list of numbers or texts; null for an empty list.',
    examples: [
      ['max([3, 7, 5])', 7],
      ["max(['2024-01-01', '2024-02-01'])", '2024-02-01'],
    ],
    parameters: ['array'],
    call: ([values], run) => extreme('max', values, 1, run),
  }),
  define({
    name: 'min',
    signature: 'min(list)',
    description: 'The smallest of a list of numbers or texts; null for an empty list.',
    examples: [['min([3, 7, 5])', 3]],
    parameters: ['array'],
    call: ([values], run) => extreme('min', values, -1, run),
  }),
  define({
    name: 'to_array',
    signature: 'to_array(any)',
    description: 'A list as it is, any other value as a list of one.',
    examples: [
      ["to_array('a')", ['a']],
      ['to_array([1])', [1]],
      ['to_array(null)', [null]],
    ],
    parameters: ['any'],
    takesNull: true,
    call: ([value]) => (Array.isArray(value) ? value : [value]),
  }),
  defineVariadic({
    name: 'zip',
    signature: 'zip(list, ...)',
    description: 'Lists of the first elements, the second elements and so on, as long as every list has one.',
    examples: [
      [
        "zip(['a', 'b'], [1, 2])",
        [
          ['a', 1],
          ['b', 2],
        ],
      ],
    ],
    parameter: 'array',
    call: (lists, run) => {
      const length = lists.reduce((least, list) => Math.min(least, list.length), Infinity);
      run.spend(length * lists.length);
      return Array.from({ length }, (_, at) => lists.map((list) => list[at] ?? null));
    },
  }),
];

function checkComparable(name: string, values: readonly JsonValue[], run: Run): void {
  run.spend(values.length);
  const [first = null] = values;
  const type = typeOf(first);
  const ordered = type === 'number' || type === 'string';
  if (values.length > 0 && (!ordered || values.some((value) => typeOf(value) !== type))) {
    throw new ExpressionError('expression_error', `${name}() needs a list of numbers or a list of texts`);
  }
}

function extreme(name: string, values: readonly JsonValue[], sign: 1 | -1, run: Run): JsonValue {
  checkComparable(name, values, run);
  const [first = null] = values;
  return values.reduce((best, value) => ((compare(value, best) ?? 0) * sign > 0 ? value : best), first);
}
