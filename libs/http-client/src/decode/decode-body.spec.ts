import { deflateRawSync, gzipSync } from 'node:zlib';

import fc from 'fast-check';
import iconv from 'iconv-lite';

import { stringifyJson } from '@orchid/kernel';

import type { DecodeOptions } from '../http-client.port';

import { decodeBody } from './decode-body';
import type { DecodedBody } from './decoded-body';

const MAX = 1024 * 1024;
const decode = (body: string | Buffer, type?: string, options: Partial<DecodeOptions> = {}): DecodedBody =>
  decodeBody(Buffer.from(body), type, { format: 'auto', maxBytes: MAX, ...options });

describe('decodeBody', () => {
  it.each<[string, string | undefined, string, unknown]>([
    ['JSON', 'application/json', '{"a":1}', { a: 1 }],
    ['JSON with suffix', 'application/vnd.api+json; charset=utf-8', '[1,2]', [1, 2]],
    ['a scalar', 'application/json', '42', 42],
    ['a JSON null', 'application/json', 'null', null],
    ['nothing', 'application/json', '', null],
    ['white space', 'application/json', ' \n', null],
    ['JSON without a type', undefined, '{"a":1}', { a: 1 }],
    ['JSON called text', 'text/plain', ' {"a":1}', { a: 1 }],
    ['JSON called HTML', 'text/html', '[1]', [1]],
    ['text', 'text/plain', 'hello', 'hello'],
    ['text that begins like JSON', 'text/plain', '[not json', '[not json'],
    ['text that is a number', 'text/plain', '007', '007'],
    ['HTML', 'text/html', '<p>hi</p>', '<p>hi</p>'],
    ['NDJSON', 'application/x-ndjson', '{"a":1}\n\n{"a":2}\r\n', [{ a: 1 }, { a: 2 }]],
    ['a JSON sequence', 'application/json-seq', '\u001e{"a":1}\n\u001e2\n', [{ a: 1 }, 2]],
    [
      'CSV',
      'text/csv',
      'id,name\n1,"a, b"\n2,c\n',
      [
        { id: '1', name: 'a, b' },
        { id: '2', name: 'c' },
      ],
    ],
    ['TSV', 'text/tab-separated-values', 'id\tname\n1\ta,b\n', [{ id: '1', name: 'a,b' }]],
    ['XML', 'application/atom+xml', '<a x="1">t</a>', { a: { '#text': 't', '@x': '1' } }],
    ['XHTML', 'application/xhtml+xml', '<html/>', '<html/>'],
  ])('reads %s', (_what, type, body, expected) => {
    const decoded = decode(body, type);
    expect(decoded.fault).toBeUndefined();
    expect(decoded.body).toEqual(expected);
  });

  it('keeps the JSON text: long integers, duplicate keys, spacing; without the byte order mark', () => {
    const text = '{"id": 12345678901234567890, "n": 1.10}';
    const decoded = decode(`\uFEFF${text}`, 'application/json');
    expect(decoded).toEqual({ body: { id: 12345678901234567890n, n: 1.1 }, json: text });
    expect(decode('{"id":12345678901234567890}\n2', 'application/x-ndjson').json).toBe(
      '[{"id":12345678901234567890},2]',
    );
    expect(decode('hello', 'text/plain').json).toBeUndefined();
  });

  it.each<[string, string | Buffer, Partial<DecodeOptions>]>([
    ['cut JSON', '{"a":', { format: 'json' }],
    ['HTML for JSON', '<html></html>', { format: 'json' }],
    ['two JSON values', '{} {}', { format: 'json' }],
    ['deep JSON', '['.repeat(100_000) + ']'.repeat(100_000), { format: 'json' }],
    ['deep cut JSON', '{"a":'.repeat(100_000), { format: 'json' }],
    ['JSON just too deep', '['.repeat(513) + ']'.repeat(513), { format: 'json' }],
    ['a bad NDJSON line', '{"a":1}\n{"a":', { format: 'ndjson' }],
    ['deep NDJSON', '['.repeat(100_000) + ']'.repeat(100_000), { format: 'ndjson' }],
    ['unclosed XML', '<a><b></a>', { format: 'xml' }],
    ['XML with a DOCTYPE', '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', { format: 'xml' }],
    ['XML with a lower case doctype', '<!doctype a><a/>', { format: 'xml' }],
    ['deep XML', '<a>'.repeat(10_000) + '</a>'.repeat(10_000), { format: 'xml' }],
    ['XML that names __proto__', '<a><__proto__>1</__proto__></a>', { format: 'xml' }],
    ['text for XML', 'hello', { format: 'xml' }],
    ['an open CSV quote', 'a,b\n"1,2\n', { format: 'csv' }],
  ])('calls %s invalid and keeps its text', (_what, body, options) => {
    const decoded = decode(body, 'text/plain', options);
    expect(decoded.fault).toMatchObject({ code: 'invalid_body' });
    expect(decoded.body).toBe(String(body));
    expect(decoded.json).toBeUndefined();
  });

  it('counts brackets in strings as text', () => {
    const text = JSON.stringify({ a: '['.repeat(2000), b: `\\"${'{'.repeat(2000)}`, c: '\\' });
    expect(decode(text, 'application/json').fault).toBeUndefined();
    const wide = JSON.stringify(Array.from({ length: 2000 }, () => ({ a: [] })));
    expect(decode(wide, 'application/json').fault).toBeUndefined();
    expect(decode('['.repeat(512) + ']'.repeat(512), 'application/json').fault).toBeUndefined();
  });

  it('reads charsets: declared, marked, or guessed for text only', () => {
    const latin = iconv.encode('{"a":"é"}', 'latin1');
    expect(decode(latin, 'application/json; charset=ISO-8859-1').body).toEqual({ a: 'é' });
    expect(decode(latin, 'application/json')).toMatchObject({ body: null, fault: { code: 'invalid_body' } });
    expect(decode(iconv.encode('é', 'latin1'), 'text/plain').body).toBe('é');
    expect(decode(iconv.encode('a;b\né;2', 'latin1'), 'text/csv').body).toEqual([{ a: 'é', b: '2' }]);
    expect(decode(iconv.encode('日本', 'shift_jis'), 'text/plain; charset="Shift_JIS"').body).toBe('日本');
    expect(decode(iconv.encode('{"a":1}', 'utf16le', { addBOM: true }), 'application/json')).toEqual({
      body: { a: 1 },
      json: '{"a":1}',
    });
    expect(decode('x', 'text/plain; charset=klingon').fault).toMatchObject({ code: 'unsupported_encoding' });
    const xml = iconv.encode('<?xml version="1.0" encoding="ISO-8859-1"?><a>é</a>', 'latin1');
    expect(decode(xml, 'text/xml').body).toEqual({ a: 'é' });
  });

  it('reads XML: text only, references, sections, arrays', () => {
    const xml = `<?xml version="1.0"?><!-- <x> --><feed xml:lang="en" n="1 &lt; 2"><e>01</e><e>a &amp; &#66;&#x43;</e>
      <one><![CDATA[<b>&amp;</b>]]></one><none/><odd>&nbsp;&#0;</odd></feed>`;
    expect(decode(xml, 'text/xml').body).toEqual({
      feed: { '@xml:lang': 'en', '@n': '1 < 2', e: ['01', 'a & BC'], one: '<b>&amp;</b>', none: '', odd: '&nbsp;&#0;' },
    });
    expect(decode('<feed><e>1</e></feed>', 'text/xml', { forceArray: ['feed.e'] }).body).toEqual({
      feed: { e: ['1'] },
    });
  });

  it('reads CSV: sniffed and given delimiters, no header, ragged and hostile headers', () => {
    expect(decode('a;b\n1,5;2\n', 'text/csv').body).toEqual([{ a: '1,5', b: '2' }]);
    expect(decode('"a;x"|b\n1|2\n', 'text/csv').body).toEqual([{ 'a;x': '1', b: '2' }]);
    expect(decode('a,b\n1,2\n', 'text/csv', { csv: { header: false } }).body).toEqual([
      ['a', 'b'],
      ['1', '2'],
    ]);
    expect(decode("a~b\n'1~2'~3", 'text/csv', { csv: { delimiter: '~', quote: "'" } }).body).toEqual([
      { a: '1~2', b: '3' },
    ]);
    expect(decode('\uFEFFa,,a\n1,2,3,4\n5\n', 'text/csv').body).toEqual([
      { a: '1', column_2: '2', a_2: '3', column_4: '4' },
      { a: '5' },
    ]);
    const [row] = decode('__proto__,b\n1,2', 'text/csv').body as [object];
    expect(Object.keys(row)).toEqual(['__proto__', 'b']);
  });

  it('gives bytes as base64', () => {
    const bytes = Buffer.from([0, 255, 1, 254]);
    const expected = { body: bytes.toString('base64'), encoding: 'base64' };
    expect(decode(bytes, 'image/png')).toEqual(expected);
    expect(decode(bytes, undefined)).toEqual(expected);
    expect(decode(bytes, 'application/x-whatever')).toEqual(expected);
    expect(decode('abc', 'text/plain', { format: 'binary' })).toEqual({ body: 'YWJj', encoding: 'base64' });
  });

  it('unpacks files that the plan says are packed, under the same cap', () => {
    const gz = gzipSync('{"a":1}');
    expect(decode(gz, 'application/gzip', { decompress: ['gzip'] }).body).toEqual({ a: 1 });
    expect(
      decode(zipOf('data.csv', 'a,b\n1,2\n'), 'application/zip', { decompress: ['zip'], format: 'csv' }).body,
    ).toEqual([{ a: '1', b: '2' }]);
    expect(decode('{"a":1}', 'application/json', { decompress: ['gzip', 'zip'] }).body).toEqual({ a: 1 });
    expect(decode('plain', 'application/pdf', { decompress: [] }).encoding).toBe('base64');
    const bomb = gzipSync(Buffer.alloc(2 * MAX));
    expect(decode(bomb, 'application/gzip', { decompress: ['gzip'] }).fault).toMatchObject({
      code: 'response_too_large',
    });
    expect(decode(gz.subarray(0, 12), 'application/gzip', { decompress: ['gzip'] }).fault).toMatchObject({
      code: 'invalid_body',
    });
    expect(decode(Buffer.from('PK\u0003\u0004'), 'application/zip', { decompress: ['zip'] }).fault).toMatchObject({
      code: 'invalid_body',
    });
  });

  it('never throws, whatever the bytes and the format', () => {
    const formats = fc.constantFrom('auto', 'json', 'ndjson', 'xml', 'csv', 'text', 'binary') as fc.Arbitrary<
      DecodeOptions['format']
    >;
    const types = fc.constantFrom(undefined, 'text/xml', 'text/csv', 'application/json', 'text/plain; charset=utf-16');
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), fc.json(), fc.string()), formats, types, (body, format, type) => {
        const bytes = Buffer.from(body as string);
        expect(decodeBody(bytes, type, { format, maxBytes: MAX, decompress: ['gzip', 'zip'] })).toHaveProperty('body');
      }),
    );
    fc.assert(
      fc.property(fc.json(), (text) => {
        const { body, json } = decode(text, 'application/json');
        expect(JSON.stringify(JSON.parse(stringifyJson(body)))).toBe(JSON.stringify(JSON.parse(text)));
        expect(json).toBe(text);
      }),
    );
  });
});

function zipOf(name: string, content: string): Buffer {
  const packed = deflateRawSync(content);
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(8, 8);
  local.writeUInt16LE(name.length, 26);
  const central = Buffer.alloc(46);
  central.writeUInt32LE(0x02014b50, 0);
  central.writeUInt16LE(8, 10);
  central.writeUInt32LE(packed.length, 20);
  central.writeUInt32LE(content.length, 24);
  central.writeUInt16LE(name.length, 28);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(30 + name.length + packed.length, 16);
  return Buffer.concat([local, Buffer.from(name), packed, central, Buffer.from(name), end]);
}
