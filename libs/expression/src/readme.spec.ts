import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseJson } from '@orchid/kernel';
import { compileExpression, type Scope } from './index';

const readme = readFileSync(join(__dirname, '..', 'README.md'), 'utf8');
const scope = parseJson(/with `(\{.*\})` as the scope/.exec(readme)?.[1] ?? 'null') as Scope;
const lines = (/```jmespath\n([^`]*)```/.exec(readme)?.[1] ?? '').trim().split('\n');

it.each(lines)('README: %s', (line) => {
  const [source = '', value = ''] = line.split('=> ');
  expect(compileExpression(source.trim()).evaluate(scope)).toEqual(parseJson(value));
});
