import { stringifyJson } from '@orchid/kernel';
import { typeOf } from '../values';
import { define, defineVariadic } from './function-definition';

export const TYPE_FUNCTIONS = [
  define({
    name: 'type',
    signature: 'type(any)',
    description: 'One of null, boolean, number, string, array, object.',
    examples: [
      ['type(1)', 'number'],
      ['type(null)', 'null'],
    ],
    parameters: ['any'],
    takesNull: true,
    call: ([value]) => typeOf(value),
  }),
  defineVariadic({
    name: 'not_null',
    signature: 'not_null(any, ...)',
    description: 'The first argument that is not null.',
    examples: [["not_null(null, 'a', 'b')", 'a']],
    parameter: 'any',
    takesNull: true,
    call: (values) => values.find((value) => value !== null) ?? null,
  }),
  define({
    name: 'to_string',
    signature: 'to_string(any)',
    description: 'Text as it is, any other value as JSON.',
    examples: [
      ['to_string(1)', '1'],
      ["to_string('a')", 'a'],
      ['to_string(null)', 'null'],
    ],
    parameters: ['any'],
    takesNull: true,
    call: ([value], run) => {
      if (typeof value === 'string') return value;
      run.measure(value);
      return stringifyJson(value);
    },
  }),
];
