import type { JsonValue } from '@orchid/kernel';
import { calculate, narrow } from '../arithmetic';
import { ExpressionError } from '../expression.errors';
import { isNumeric, type Numeric } from '../values';
import { define } from './function-definition';

export const NUMBER_FUNCTIONS = [
  define({
    name: 'abs',
    signature: 'abs(number)',
    description: 'The number without its sign.',
    examples: [['abs(-3)', 3]],
    parameters: ['number'],
    call: ([value]) => (value < 0 ? calculate('Minus', 0, value) : value),
  }),
  define({
    name: 'ceil',
    signature: 'ceil(number)',
    description: 'The next integer at or above the number.',
    examples: [['ceil(1.2)', 2]],
    parameters: ['number'],
    call: ([value]) => (typeof value === 'bigint' ? value : Math.ceil(value) + 0),
  }),
  define({
    name: 'floor',
    signature: 'floor(number)',
    description: 'The next integer at or below the number.',
    examples: [['floor(1.8)', 1]],
    parameters: ['number'],
    call: ([value]) => (typeof value === 'bigint' ? value : Math.floor(value)),
  }),
  define({
    name: 'sum',
    signature: 'sum(numbers)',
    description: 'The sum of a list of numbers; 0 for an empty list.',
    examples: [
      ['sum([1, 2, 3])', 6],
      ['sum([])', 0],
    ],
    parameters: ['array'],
    call: ([values], run) => {
      run.spend(values.length);
      return total('sum', values);
    },
  }),
  define({
    name: 'avg',
    signature: 'avg(numbers)',
    description: 'The mean of a list of numbers; null for an empty list.',
    examples: [
      ['avg([1, 2, 6])', 3],
      ['avg([])', null],
    ],
    parameters: ['array'],
    call: ([values], run) => {
      run.spend(values.length);
      return values.length === 0 ? null : calculate('Divide', total('avg', values), values.length);
    },
  }),
  define({
    name: 'to_number',
    signature: 'to_number(any)',
    description: 'Text in decimal notation as a number; numbers as they are; null for anything else.',
    examples: [
      ["to_number('12.5')", 12.5],
      ["to_number('none')", null],
    ],
    parameters: ['any'],
    call: ([value]) => toNumber(value),
  }),
];

function total(name: string, values: readonly JsonValue[]): Numeric {
  return values.reduce<Numeric>((sum, value) => {
    if (isNumeric(value)) return calculate('Plus', sum, value);
    throw new ExpressionError('expression_error', `${name}() needs a list of numbers`);
  }, 0);
}

const DECIMAL = /^\s*[+-]?(\d{1,1000}(\.\d{0,1000})?|\.\d{1,1000})([eE][+-]?\d{1,5})?\s*$/;
const INTEGER = /^\s*([+-]?)(\d+)\s*$/;

/** Decimal text as a number, with every digit of an integer; null when it is none. */
export function toNumber(value: JsonValue): Numeric | null {
  if (isNumeric(value)) return value;
  if (typeof value !== 'string' || !DECIMAL.test(value)) return null;
  const [, sign, digits] = INTEGER.exec(value) ?? [];
  if (digits !== undefined) return narrow(BigInt(digits) * (sign === '-' ? -1n : 1n));
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}
