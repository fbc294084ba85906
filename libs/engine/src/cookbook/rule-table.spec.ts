import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { anchorOf, codeOf, readPage, tablesOf } from './read-snippets';

const ROOT = path.resolve(__dirname, '../../../..');

const page = readPage('plan-language.md');
const rows = tablesOf(page).find(({ header }) => header.join() === 'Rule,Chapter,Test,In')?.rows ?? [];
const anchors = new Set([...page.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => anchorOf(title)));
const sources = new Map<string, string>();

function sourceOf(file: string): string {
  const known = sources.get(file);
  if (known !== undefined) return known;
  const source = existsSync(path.join(ROOT, file)) ? readFileSync(path.join(ROOT, file), 'utf8') : '';
  sources.set(file, source);
  return source;
}

describe('the table of rules', () => {
  it('has a row for every rule', () => expect(rows.length).toBeGreaterThan(120));

  it('names tests that exist, as whole titles, in test files that exist', () => {
    const missing = rows.filter(([, , test = '', file = '']) => {
      const title = codeOf(test);
      const source = sourceOf(codeOf(file));
      return (
        !codeOf(file).endsWith('spec.ts') || !["'", '"', '`'].some((quote) => source.includes(quote + title + quote))
      );
    });
    expect(missing).toEqual([]);
  });

  it('names each rule once, and the chapter that describes it', () => {
    const rules = rows.map(([rule, chapter]) => `${rule ?? ''} ${chapter ?? ''}`);
    expect(new Set(rules).size).toBe(rules.length);
    const astray = rows.filter(([, chapter = '']) => !anchors.has(/\(#([\w-]+)\)$/.exec(chapter)?.[1] ?? ''));
    expect(astray).toEqual([]);
  });

  it('leaves no chapter on the rules of a plan without a row', () => {
    const named = new Set(rows.map(([, chapter = '']) => /\(#([\w-]+)\)$/.exec(chapter)?.[1]));
    const elsewhere = new Set(['plan-language', 'rules-and-their-tests', 'limits', 'auth']);
    const subtitles = new Set(['what-differs-from-jmespath', 'conditions', 'functions-and-bounds']);
    expect([...anchors].filter((each) => !named.has(each) && !elsewhere.has(each) && !subtitles.has(each))).toEqual([]);
  });
});
