import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { FUNCTION_DOCS } from '@orchid/expression';
import { functionsPage } from './functions-page';
import { readPage } from './read-snippets';

const FILE = path.resolve(__dirname, '../../../../docs/functions.md');

it('docs/functions.md says what the functions say of themselves', () => {
  const page = functionsPage(FUNCTION_DOCS);
  if (process.env.UPDATE_DOCS === '1') writeFileSync(FILE, page);
  expect(readPage('functions.md')).toBe(page);
  for (const { name } of FUNCTION_DOCS) expect(page).toContain(`\n## ${name}\n`);
});
