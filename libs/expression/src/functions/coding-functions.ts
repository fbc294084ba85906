import { isUtf8 } from 'node:buffer';
import { parseJson, stringifyJson } from '@orchid/kernel';
import { encodeComponent } from '../encode-component';
import { ExpressionError } from '../expression.errors';
import { define } from './function-definition';
import { built } from './text-functions';

export const CODING_FUNCTIONS = [
  define({
    name: 'base64_encode',
    signature: 'base64_encode(text)',
    description: 'The UTF-8 bytes of the text in base64.',
    examples: [["base64_encode('user:pass')", 'dXNlcjpwYXNz']],
    parameters: ['text'],
    call: ([text], run) => {
      run.produce(text.length * 2);
      return Buffer.from(text, 'utf8').toString('base64');
    },
  }),
  define({
    name: 'base64_decode',
    signature: 'base64_decode(text)',
    description: 'The text whose UTF-8 bytes these are, in base64 of either alphabet.',
    examples: [["base64_decode('dXNlcjpwYXNz')", 'user:pass']],
    parameters: ['text'],
    call: ([text], run) => {
      if (!/^[A-Za-z0-9+/_\s-]*={0,2}\s*$/.test(text)) throw notBase64();
      const bytes = Buffer.from(text, 'base64');
      if (!isUtf8(bytes)) throw notBase64();
      return built(bytes.toString('utf8'), run);
    },
  }),
  define({
    name: 'url_encode',
    signature: 'url_encode(text or number)',
    description: 'The text percent-encoded, as one segment of a path or one value of a query.',
    examples: [["url_encode('a b/c')", 'a%20b%2Fc']],
    parameters: ['text or number'],
    call: ([value], run) => {
      const text = String(value);
      run.produce(text.length * 9);
      return encodeComponent(text);
    },
  }),
  define({
    name: 'to_json',
    signature: 'to_json(any)',
    description: 'The value as JSON text; text in quotes.',
    examples: [
      ['to_json({a: [1, true]})', '{"a":[1,true]}'],
      ["to_json('a')", '"a"'],
    ],
    parameters: ['any'],
    call: ([value], run) => {
      run.measure(value);
      return stringifyJson(value);
    },
  }),
  define({
    name: 'parse_json',
    signature: 'parse_json(text)',
    description: 'The value a JSON text means.',
    examples: [['parse_json(\'{"a": 12345678901234567890}\').a', 12345678901234567890n]],
    parameters: ['text'],
    call: ([text], run) => {
      run.produce(text.length);
      try {
        return parseJson(text);
      } catch {
        throw new ExpressionError('expression_error', 'parse_json() was given a text that is not JSON');
      }
    },
  }),
];

function notBase64(): ExpressionError {
  return new ExpressionError('expression_error', 'base64_decode() was given something that is not text in base64');
}
