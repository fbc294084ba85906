import { createRequire } from 'node:module';
import { validateAuthFlow } from '@orchid/auth';
import {
  compileCondition,
  compileExpression,
  compileTemplate,
  compileUrlTemplate,
  ExpressionError,
  type Scope,
} from '@orchid/expression';
import { parseJson, type JsonObject, type JsonValue } from '@orchid/kernel';
import { planSchema, validatePlan } from '@orchid/plan';
import { anchorOf, codeOf, readPage, snippetsOf, tablesOf } from './read-snippets';

// The package's types are those of an ES module.
const { search } = createRequire(__filename)('@jmespath-community/jmespath') as {
  search: (data: unknown, source: string) => unknown;
};
const page = readPage('plan-language.md');
const snippets = snippetsOf(page).filter(({ language }) => language === 'json');
const scope = parseJson(snippets.find(({ kind }) => kind === 'scope')?.text ?? 'null') as Scope;

function rowsUnder(...header: string[]): { source: string; cells: readonly string[] }[] {
  const tables = tablesOf(page).filter((table) => table.header.join() === header.join());
  if (tables.length === 0) throw new Error(`no table has the header ${header.join()}`);
  return tables.flatMap(({ rows }) => rows.map(([first = '', ...cells]) => ({ source: codeOf(first), cells })));
}

/** What came out, or the code of the error. */
function outcome(work: () => JsonValue): JsonValue {
  try {
    return work();
  } catch (error) {
    if (error instanceof ExpressionError) return error.code;
    throw error;
  }
}

const expected = (cell = ''): JsonValue => (cell.startsWith('`') ? parseJson(codeOf(cell)) : cell);

describe('the examples of the plan language', () => {
  it.each(rowsUnder('Expression', 'Result'))('the expression $source', ({ source, cells: [result] }) => {
    expect(compileExpression(source).evaluate(scope)).toEqual(expected(result));
  });

  it.each(rowsUnder('Condition', 'Outcome'))('the condition $source', ({ source, cells: [result] }) => {
    expect(outcome(() => compileCondition(source).test(scope))).toEqual(expected(result));
  });

  it.each(rowsUnder('Template', 'Rendered'))('the template $source', ({ source, cells: [result] }) => {
    expect(compileTemplate(source).render(scope)).toEqual(expected(result));
  });

  it.each(rowsUnder('Url', 'Sent to'))('the url $source', ({ source, cells: [address = ''] }) => {
    expect(outcome(() => compileUrlTemplate(source).render(scope, {}))).toBe(codeOf(address));
  });

  it.each(rowsUnder('Written', 'In plain JMESPath', 'Here'))(
    'the dialect: $source',
    ({ source, cells: [plain = '', here] }) => {
      expect(compileExpression(source).evaluate(scope)).toEqual(expected(here));
      const plainly = (): unknown => search(JSON.parse(JSON.stringify(scope, asNumber)), source);
      if (plain === 'syntax error') expect(plainly).toThrow(/syntax|unexpected|parse|lex|expected|token/i);
      else if (plain === 'error') expect(plainly).toThrow();
      else expect(plainly()).toEqual(expected(plain));
    },
  );

  it.each(snippets.map(({ kind, name, text }) => ({ kind, name, text })))(
    'the snippet $kind=$name',
    ({ kind, text }) => {
      check(kind, parseJson(text) as JsonObject);
    },
  );
});

describe('the page on the plan language', () => {
  it('names every field of a plan and of a step, and no other', () => {
    const fieldsOf = (header: string): string[] =>
      rowsUnder(header, 'Meaning', 'Default').flatMap(({ source, cells: _cells }) => source.split(/`?, `/));
    const properties = (schema: unknown): string[] => {
      const all = (schema as { properties: Record<string, { deprecated?: boolean }> }).properties;
      return Object.keys(all).filter((name) => all[name]?.deprecated !== true);
    };
    const step = (planSchema.$defs as Record<string, unknown>).Step;
    expect(fieldsOf('Field of a plan').sort()).toEqual(properties(planSchema).sort());
    expect(fieldsOf('Field').sort()).toEqual(properties(step).sort());
  });

  it('leads every link within it to a heading', () => {
    const headings = new Set([...page.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => anchorOf(title)));
    const links = [...page.matchAll(/\]\(#([\w-]+)\)/g)].map(([, anchor = '']) => anchor);
    expect(links.filter((anchor) => !headings.has(anchor))).toEqual([]);
  });
});

function check(kind: string | null, value: JsonObject): void {
  switch (kind) {
    case 'plan':
      expectValid(value);
      break;
    case 'step':
      expectValid({ key: 'example', integration: 'crm', step: value });
      break;
    case 'limits':
      expectValid({ key: 'example', integration: 'crm', rate_limits: value, step: { url: 'https://a.test' } });
      break;
    case 'auth':
      expect(validateAuthFlow(value)).toEqual([]);
      break;
    case 'schema':
      expect(Object.keys(value.properties as JsonObject)).toEqual(['base_url', 'page_size', 'api_key']);
      break;
    case 'scope':
      expect(Object.keys(value)).toContain('response');
      break;
    default:
      throw new Error(`a snippet of an unknown kind: ${kind ?? 'none'}`);
  }
}

function expectValid(document: JsonValue): void {
  expect(validatePlan(document)).toMatchObject({ ok: true, warnings: [] });
}

function asNumber(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}
