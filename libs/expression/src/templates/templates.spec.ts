import type { JsonValue } from '@orchid/kernel';
import { compileTemplate, compileUrlTemplate, compileValue, ExpressionError, type Scope } from '../index';

const BIG = 12345678901234567890n;
const scope: Scope = {
  config: {
    base: 'https://api.x.test/v1/',
    key: 'k',
    n: 3,
    none: null,
    user_id: 'u/1',
    sub: 'eu',
    empty: '',
    base_url: 'https://b.test',
  },
  context: { since: '2024-01-01' },
  item: { id: 7, name: 'a b', tags: ['x', 'y'], o: { a: 1 }, big: BIG, ok: true, dots: '..', dot: '.' },
  response: {
    links: { next: 'https://api.x.test/v1/items?page=2&q=a%20b' },
    body: { text: '{{ config.key }} {config.key}' },
  },
};
const render = (source: string): JsonValue => compileTemplate(source).render(scope);
const url = (source: string, params: Record<string, JsonValue> = {}): string =>
  compileUrlTemplate(source, { params: Object.keys(params) }).render(scope, params);

function failure(work: () => unknown): ExpressionError {
  try {
    work();
  } catch (error) {
    if (error instanceof ExpressionError) return error;
    throw error;
  }
  throw new Error('nothing failed');
}
const code = (work: () => unknown): string => failure(work).code;

describe('islands', () => {
  it.each<[string, JsonValue]>([
    ['plain', 'plain'],
    ['', ''],
    ['{{ config.key }}', 'k'],
    ['{config.key}', 'k'],
    ['Bearer {config.key}!', 'Bearer k!'],
    ['{item.id}-{{ item.id + 1 }}', '7-8'],
    ['{{ {a: {b: item.id}} }}', { a: { b: 7 } }],
    ['{{{a: {b: item.id}}}}', { a: { b: 7 } }],
    ["{{ '}}' }}", '}}'],
    ["{config.none || '}'}", '}'],
    ['{{ `{"a": "}}"}`.a }}', '}}'],
    ["{item['id']}", 7],
    ['{item.o.{b: a}}', { b: 1 }],
    ['{item}', scope.item as JsonValue],
  ])('{{ }} always, { before a root and . [ or }: %s', (source, value) => expect(render(source)).toEqual(value));

  it.each([
    '{"a": 1, "item": {}}',
    'query { item { id } }',
    'query {item {id}}',
    '{items.id}',
    '{ config.key }',
    '{user_id}',
    '{}',
    'a } b',
    '{config:1}',
    '\\ and \\d',
  ])('other braces are literal text: %s', (source) => {
    expect(render(source)).toBe(source);
    expect(compileTemplate(source).islands).toEqual([]);
  });

  it('\\{ is a literal brace', () => {
    expect(render('\\{config.key}')).toBe('{config.key}');
    expect(render('\\{{ config.key }}')).toBe('{{ config.key }}');
    expect(render('\\{"a": "{config.key}"}')).toBe('{"a": "k"}');
  });

  it('a single island keeps the type of its value', () => {
    expect(render('{{ item.tags }}')).toEqual(['x', 'y']);
    expect(render('{item.big}')).toBe(BIG);
    expect(render('{config.none}')).toBeNull();
    expect(compileTemplate('{config.n}').single).toBe(true);
    expect(compileTemplate(' {config.n}').single).toBe(false);
  });

  it('inside text, lists and objects become JSON, null the empty string, long integers keep their digits', () => {
    expect(render('<{item.tags}|{item.o}|{config.none}|{item.ok}|{item.big}>')).toBe(
      '<["x","y"]|{"a":1}||true|12345678901234567890>',
    );
    expect(render('x{{ [item.big] }}')).toBe('x[12345678901234567890]');
  });

  it('nothing is evaluated twice', () => expect(render('{response.body.text}')).toBe('{{ config.key }} {config.key}'));

  it('errors point into the whole template', () => {
    expect(failure(() => compileTemplate('ab {{ config. }} c')).details).toMatchObject({
      offset: 14,
      expression: 'ab {{ config. }} c',
    });
    expect(failure(() => compileTemplate('ab {config.key')).details).toMatchObject({ offset: 3 });
    expect(failure(() => compileTemplate('{{ nope }}')).code).toBe('unknown_root');
    expect(failure(() => compileTemplate('a{{ }}')).details).toMatchObject({ offset: 4 });
  });

  it('reports references and canonical islands', () => {
    const template = compileTemplate('{config.key} {{ !item.ok }} {config.key}');
    expect(template.references).toEqual([
      { root: 'config', field: 'key' },
      { root: 'item', field: 'ok' },
    ]);
    expect(template.islands).toEqual(['config.key', '!(item.ok)', 'config.key']);
  });

  it('text is bounded', () => {
    const huge: Scope = { item: 'x'.repeat(9_000_000) };
    expect(code(() => compileTemplate('{item}{item}').render(huge))).toBe('expression_too_costly');
  });

  it('roots can be others', () => {
    expect(compileTemplate('Bearer {token}', { roots: ['token'] }).render({ token: 't' })).toBe('Bearer t');
  });
});

describe('values', () => {
  it('body: a member that is one island and null is left out, at any depth', () => {
    const body = compileValue(
      {
        a: '{{ config.none }}',
        b: { c: '{config.none}', d: null, e: 'x{config.none}' },
        f: ['{config.none}'],
        g: '{item.id}',
        expr: 'config.key',
      },
      { position: 'body' },
    );
    expect(body.render(scope)).toEqual({ b: { d: null, e: 'x' }, f: [null], g: 7, expr: 'config.key' });
    expect(body.references).toEqual([
      { root: 'config', field: 'none' },
      { root: 'item', field: 'id' },
    ]);
    expect(compileValue({ expr: 'config.key' }, { position: 'body' }).render(scope)).toEqual({ expr: 'config.key' });
    expect(compileValue('{config.none}', { position: 'body' }).render(scope)).toBeNull();
  });

  it('params and headers: template or bare expression', () => {
    expect(compileValue({ expr: 'item.id > 5' }, { position: 'param' }).render(scope)).toBe(true);
    expect(compileValue({ expr: 'item.tags' }, { position: 'header' }).render(scope)).toEqual(['x', 'y']);
    expect(compileValue(['{item.id}', { expr: 'config.n' }, 5, true], { position: 'param' }).render(scope)).toEqual([
      7,
      3,
      5,
      true,
    ]);
    expect(compileValue({ a: '{config.none}' }, { position: 'param' }).render(scope)).toEqual({ a: null });
  });

  it('errors say where', () => {
    const error = failure(() => compileValue({ filter: { 'a b': ['x', '{{ nope }}'] } }, { position: 'body' }));
    expect(error.details).toMatchObject({ path: '.filter["a b"][1]', offset: 3 });
    expect(code(() => compileValue({ expr: 'a b' }, { position: 'param' }))).toBe('expression_syntax');
  });

  it('keeps __proto__ as data', () => {
    const value = JSON.parse('{"__proto__": {"a": "{item.id}"}}') as JsonValue;
    const rendered = compileValue(value, { position: 'body' }).render(scope);
    expect(JSON.stringify(rendered)).toBe('{"__proto__":{"a":7}}');
    expect(({} as Record<string, unknown>).a).toBeUndefined();
  });
});

describe('url', () => {
  it.each<[string, Record<string, JsonValue>, string]>([
    ['https://h.test/a', {}, 'https://h.test/a'],
    ['{config.base}/users', {}, 'https://api.x.test/v1/users'],
    ['{config.base}users', {}, 'https://api.x.test/v1/users'],
    ['{{ config.base }}//users/', {}, 'https://api.x.test/v1/users/'],
    ['{config.base}{item.id}', {}, 'https://api.x.test/v1/7'],
    ['{config.base}?a=1', {}, 'https://api.x.test/v1/?a=1'],
    ['{config.base}', {}, 'https://api.x.test/v1/'],
    ['{base_url}/x', {}, 'https://b.test/x'],
    ['{base_url}', {}, 'https://b.test'],
    ["{{ 'https://h.test/a?k=1#f' }}/b?c=2", {}, 'https://h.test/a/b?k=1&c=2'],
  ])('an island that begins it is an address, one slash at the joint: %s', (source, params, value) =>
    expect(url(source, params)).toBe(value),
  );

  it.each([
    "{{ '/relative' }}",
    '{config.n}',
    '{config.none}',
    "{{ 'ftp://x.test' }}/a",
    "{{ 'javascript:1' }}",
    "{{ 'https:x.test' }}",
    '{nothing}/a',
  ])('the address must be absolute http(s): %s', (source) => expect(code(() => url(source))).toBe('bad_url'));

  it.each(['/relative', 'ftp://h.test', 'h.test/a', '', 'https:///a', 'https://h h/a'])(
    'bad_url when saved: %s',
    (source) => expect(code(() => compileUrlTemplate(source))).toBe('bad_url'),
  );

  it('an island in the host must be a host name or label', () => {
    expect(url('https://{config.sub}.x.test/a')).toBe('https://eu.x.test/a');
    expect(url("https://{{ 'api.x.test' }}/a")).toBe('https://api.x.test/a');
    for (const value of [
      'evil.com/',
      'a@b',
      'a:80',
      'a..b',
      '.a',
      'a.',
      '-a',
      'a b',
      'a?b',
      'a#b',
      'ä',
      'a\\b',
      'a%2f',
      '',
    ]) {
      const work = (): string => compileUrlTemplate('https://{item}.x.test/').render({ item: value }, {});
      expect(code(work)).toBe('bad_host_value');
    }
    expect(code(() => url('https://{config.none}.x.test/'))).toBe('bad_host_value');
    expect(code(() => url('https://{item.o}.x.test/'))).toBe('bad_host_value');
  });

  it.each<[string, string]>([
    ['https://h.test/{item.name}', 'https://h.test/a%20b'],
    ['https://h.test/{config.user_id}/x', 'https://h.test/u%2F1/x'],
    ['https://h.test/a{item.id}b', 'https://h.test/a7b'],
    ['https://h.test/{item.big}', 'https://h.test/12345678901234567890'],
    ["https://h.test/{{ '?a=1#b&c' }}", 'https://h.test/%3Fa%3D1%23b%26c'],
    ["https://h.test/{{ '%2e%2e' }}", 'https://h.test/%252e%252e'],
    ["https://h.test/{{ '\u{d800}' }}", 'https://h.test/%EF%BF%BD'],
    ['https://h.test/{item.ok}', 'https://h.test/true'],
  ])('any other island in the path is one segment, percent-encoded: %s', (source, value) =>
    expect(url(source)).toBe(value),
  );

  it('literal text is sent as written where it is legal', () => {
    expect(url("https://h.test/a:b@c/(x)'*~;,%20?filter[a]=b&d=e/f?g")).toBe(
      "https://h.test/a:b@c/(x)'*~;,%20?filter[a]=b&d=e/f?g",
    );
    expect(url('https://h.test/a b/ä/%zz\\x?q="<>#gone')).toBe('https://h.test/a%20b/%C3%A4/%25zz%5Cx?q=%22%3C%3E');
  });

  it('a one-word placeholder is a param, else a config value', () => {
    expect(url('https://h.test/{user_id}/x')).toBe('https://h.test/u%2F1/x');
    expect(url('https://h.test/{user_id}/x', { user_id: 'p', q: 1 })).toBe('https://h.test/p/x?q=1');
    const template = compileUrlTemplate('{base_url}/{a}/{user_id}/{a}', { params: ['a'] });
    expect(template.placeholders).toEqual(['base_url', 'a', 'user_id']);
    expect(template.references).toEqual([
      { root: 'config', field: 'base_url' },
      { root: 'config', field: 'user_id' },
    ]);
  });

  it.each([
    'https://h.test/{config.none}',
    'https://h.test/{config.empty}/a',
    'https://h.test/{nothing}',
    'https://h.test/{item.nope}/',
  ])('a path value that is null or empty is missing_path_value: %s', (source) =>
    expect(code(() => url(source))).toBe('missing_path_value'),
  );
  it('a param that is null is missing in the path, whatever config says', () => {
    expect(code(() => url('https://h.test/{user_id}', { user_id: null }))).toBe('missing_path_value');
  });

  it.each([
    'https://h.test/a/{item.dots}/b',
    'https://h.test/{item.dot}',
    'https://h.test/.{item.dot}',
    'https://h.test/%2e{item.dot}',
    '{config.base}{item.dots}',
    'https://h.test/{item.tags}',
    'https://h.test/{item.o}',
  ])('a path value of . or .. (or none that is text) is an error: %s', (source) =>
    expect(code(() => url(source))).toBe('bad_path_value'),
  );

  it('params: replace the same name of a literal query, arrays repeat, null leaves out', () => {
    expect(url('https://h.test/?a=1&b=2', { a: 'x', c: [1, null, 'y z'], d: null, e: [], f: { g: 1 } })).toBe(
      'https://h.test/?b=2&a=x&c=1&c=y%20z&f=%7B%22g%22%3A1%7D',
    );
    expect(url('https://h.test/?a%5Bx%5D=1', { 'a[x]': 2 })).toBe('https://h.test/?a%5Bx%5D=2');
    expect(url('https://h.test/?a=1', { a: null })).toBe('https://h.test/?a=1');
    expect(url('https://h.test/', { n: BIG })).toBe('https://h.test/?n=12345678901234567890');
  });

  it('where the url is one island its own query wins', () => {
    expect(url('{{ response.links.next }}', { page: 1, limit: 50 })).toBe(
      'https://api.x.test/v1/items?page=2&q=a%20b&limit=50',
    );
    expect(url('{{ response.links.next }}', { page: 1 })).toBe('https://api.x.test/v1/items?page=2&q=a%20b');
    expect(compileUrlTemplate('{{ response.links.next }}').single).toBe(true);
  });

  it('values in the query are percent-encoded', () => {
    expect(url("https://h.test/?q={{ 'a&b=c#d +%' }}&{item.name}=1")).toBe(
      'https://h.test/?q=a%26b%3Dc%23d%20%2B%25&a%20b=1',
    );
    expect(url('https://h.test/?q={config.none}&t={item.tags}')).toBe('https://h.test/?q=&t=%5B%22x%22%2C%22y%22%5D');
  });
});
