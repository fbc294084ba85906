import { parseJson, type JsonValue } from '@orchid/kernel';

import { nestsTooDeep } from './json-depth';
import { invalidBody, type DecodedBody } from './decoded-body';

export const BLANK = /^[ \t\r\n]*$/;

/** JSON text (RFC 8259). The text itself is kept beside the value: it has every digit and every duplicate key. */
export function decodeJson(text: string): DecodedBody {
  if (BLANK.test(text)) return { body: null };
  if (nestsTooDeep(text)) return invalidBody('The JSON nests too deep.', text);
  try {
    return { body: parseJson(text), json: text };
  } catch {
    return invalidBody('The body is not valid JSON.', text);
  }
}

/** JSON values one a line (also JSON Lines, and RFC 7464 with its record separators) as one array. */
export function decodeNdjson(text: string): DecodedBody {
  if (nestsTooDeep(text)) return invalidBody('The JSON nests too deep.', text);
  const lines = text
    .replaceAll('\u001e', '')
    .split('\n')
    .filter((line) => !BLANK.test(line));
  return decodeLines(lines, text);
}

/** JSON values one a line as one array; `first` is the number of the first of them, for messages. */
export function decodeLines(lines: readonly string[], text: string | null, first = 1): DecodedBody {
  if (lines.length === 0) return { body: null };
  const body: JsonValue[] = [];
  for (const [index, line] of lines.entries()) {
    try {
      body.push(parseJson(line));
    } catch {
      return invalidBody(`Record ${first + index} is not valid JSON.`, text ?? line);
    }
  }
  return { body, json: `[${lines.join(',')}]` };
}
