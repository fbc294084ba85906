import { parseJson } from '@orchid/kernel';
import fc from 'fast-check';
import { compileExpression, compileTemplate, compileUrlTemplate, compileValue, ExpressionError } from './index';

const text = fc.string({ unit: 'binary', maxLength: 30 });
const hostile = fc.oneof(
  text,
  fc.constantFrom(
    '../..',
    '%2e%2e',
    '@evil.test',
    '//evil.test',
    '\\\\evil.test',
    '?a=1&b=2',
    '#x',
    'a\r\nHost: evil.test',
    '{config.key}',
    '{{ config.key }}',
    '\u{d800}',
    '.evil.test',
    ':80',
  ),
);
const scalar = fc.oneof(hostile, fc.integer(), fc.boolean(), fc.bigInt({ min: 2n ** 53n, max: 2n ** 80n }));
const plain = (value: string): string => Buffer.from(value, 'utf8').toString('utf8');

/** Runs and lets only the errors of this library pass as an outcome. */
function outcome<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (error instanceof ExpressionError) return null;
    throw error;
  }
}

describe('urls', () => {
  it('rendering then parsing gives back path and query values', () => {
    const template = compileUrlTemplate('https://h.test/a/{item.p}/b?q={item.q}', { params: ['r'] });
    fc.assert(
      fc.property(scalar, scalar, scalar, (p, q, r) => {
        const rendered = outcome(() => template.render({ item: { p, q } }, { r }));
        if (rendered === null) return ['', '.', '..'].includes(String(p));
        const url = new URL(rendered);
        const segments = url.pathname.split('/').map(decodeURIComponent);
        expect(segments).toEqual(['', 'a', plain(String(p)), 'b']);
        expect([...url.searchParams]).toEqual([
          ['q', plain(String(q))],
          ['r', plain(String(r))],
        ]);
        return url.origin === 'https://h.test' && url.hash === '';
      }),
      { numRuns: 500 },
    );
  });

  it('no value changes the host, adds a parameter or a line', () => {
    const templates = [
      '{config.base}/x/{item.a}',
      '{config.base}{item.a}',
      '{config.base}{item.a}?k={item.b}',
      'https://h.test/{item.a}{item.b}?{item.a}={item.b}',
      'https://h.test?{item.a}',
    ];
    fc.assert(
      fc.property(fc.constantFrom(...templates), scalar, scalar, (source, a, b) => {
        const scope = { config: { base: 'https://h.test/v1', key: 'secret' }, item: { a, b } };
        const rendered = outcome(() => compileUrlTemplate(source).render(scope, {}));
        if (rendered === null) return true;
        expect(rendered).toMatch(/^[\x21-\x7e]+$/);
        const url = new URL(rendered);
        expect(rendered).not.toContain('secret');
        return url.host === 'h.test' && url.username === '' && url.searchParams.size <= 1;
      }),
      { numRuns: 500 },
    );
  });

  it('a host label never ends or extends the host', () => {
    const template = compileUrlTemplate('https://{item}.x.test/p');
    fc.assert(
      fc.property(hostile, (item) => {
        const rendered = outcome(() => template.render({ item }, {}));
        return (
          rendered === null || (new URL(rendered).hostname.endsWith('.x.test') && new URL(rendered).pathname === '/p')
        );
      }),
      { numRuns: 500 },
    );
  });
});

describe('templates', () => {
  it('values never become templates', () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(compileTemplate('<{item.v}>').render({ item: { v: value } })).toBe(`<${value}>`);
        expect(compileValue({ a: '{item.v}' }, { position: 'body' }).render({ item: { v: value } })).toEqual({
          a: value,
        });
      }),
    );
  });

  it('text without braces and backslashes is itself', () => {
    fc.assert(
      fc.property(text, (value) => {
        const literal = value.replace(/[{\\]/g, '');
        expect(compileTemplate(literal).render({})).toBe(literal);
      }),
    );
  });
});

describe('expressions', () => {
  const fragments = [
    'config',
    '.n',
    '[0]',
    '[*]',
    '[]',
    '[?',
    ']',
    '(',
    ')',
    '{',
    '}',
    ':',
    ',',
    '!',
    '==',
    '<',
    '||',
    '&&',
    '|',
    '&',
    '?',
    '=',
    '+',
    '-',
    '*',
    '/',
    '@',
    '$',
    '$.',
    '$a',
    'let ',
    ' in ',
    "'x'",
    '"y"',
    '`1`',
    '1',
    '2.5',
    'true',
    'null',
    'length',
    'item',
    ' ',
    "['A']",
    'map',
  ];

  it('any text compiles or is an ExpressionError with an offset inside it', () => {
    const source = fc.oneof(
      text,
      fc.array(fc.constantFrom(...fragments), { maxLength: 14 }).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(source, (written) => {
        try {
          outcome(() => compileExpression(written).evaluate({ config: { n: [1, 'a', null] }, item: { y: 2 } }));
          compileExpression(written);
        } catch (error) {
          if (!(error instanceof ExpressionError)) throw error;
          const offset = error.details.offset ?? 0;
          expect(Number(offset)).toBeLessThanOrEqual(written.length);
        }
      }),
      { numRuns: 4000 },
    );
  });

  it('canonical text is its own canonical text', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...fragments), { maxLength: 10 }), (parts) => {
        const first = outcome(() => compileExpression(parts.join('')));
        return first === null || compileExpression(first.canonical).canonical === first.canonical;
      }),
      { numRuns: 4000 },
    );
  });

  it('JSON goes through to_json and parse_json unchanged', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), fc.bigInt({ min: 2n ** 53n, max: 2n ** 70n }), (json, big) => {
        const item = [parseJson(JSON.stringify(json)), big];
        expect(compileExpression('parse_json(to_json(item))').evaluate({ item })).toEqual(item);
        expect(compileExpression('parse_json(to_json(item)) == item').evaluate({ item })).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('texts are ordered as their UTF-8 bytes are', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        const [left, right] = [plain(a), plain(b)];
        const less = compileExpression('item.a < item.b').evaluate({ item: { a: left, b: right } });
        expect(less).toBe(Buffer.compare(Buffer.from(left), Buffer.from(right)) < 0);
      }),
    );
  });
});
