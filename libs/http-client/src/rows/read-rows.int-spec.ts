import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';

import type { JsonValue } from '@orchid/kernel';

import type { DecodeOptions, OutboundResponse, RowOptions } from '../http-client.port';
import { ndjsonRows } from './ndjson-rows';
import { RowReader } from './row-reader';
import { clientFor, failure, get, serve, stopPeers } from '../loopback-peers';

afterEach(stopPeers);

interface Asked extends Partial<Omit<DecodeOptions, 'rows'>>, Partial<RowOptions> {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

const asking = (at: string, { perPage = 3, skip = 0, timeoutMs = 5_000, signal, ...decode }: Asked = {}) =>
  get(`http://${at}/rows`, {
    timeoutMs,
    ...(signal !== undefined && { signal }),
    decode: { format: 'auto', maxBytes: 1_000, ...decode, rows: { perPage, skip } },
  });

const serveAs = (headers: Record<string, string>, body: string | Buffer, status = 200) =>
  serve((_request, response) => void response.writeHead(status, headers).end(body));

const shown = ({ body, fault }: Pick<OutboundResponse, 'body' | 'fault'>): JsonValue =>
  fault === undefined ? body : `fault: ${fault.code}`;

/** The bodies of all pages. */
async function pagesOf(first: OutboundResponse): Promise<JsonValue[]> {
  const bodies = [shown(first)];
  for (let { rest } = first; rest !== undefined;) {
    const page = await rest.next();
    bodies.push(shown(page));
    if (page.isLast) rest = undefined;
  }
  return bodies;
}

const NDJSON = { 'content-type': 'application/x-ndjson' };
const CSV = { 'content-type': 'text/csv' };
const seven = Array.from({ length: 7 }, (_, n) => JSON.stringify({ n }));
const sevenInThrees = [[{ n: 0 }, { n: 1 }, { n: 2 }], [{ n: 3 }, { n: 4 }, { n: 5 }], [{ n: 6 }]];

describe('ndjson as rows', () => {
  it.each([
    ['lines', seven.join('\n')],
    ['a line break at the end, blank lines and carriage returns', `\n${seven.join('\r\n\n')}\n\n`],
    ['record separators', seven.map((line) => `\u001e${line}\n`).join('')],
    ['a byte order mark', `\uFEFF${seven.join('\n')}`],
  ])('comes in pages, the last one shorter: %s', async (_name, body) => {
    const at = await serveAs(NDJSON, body);
    expect(await pagesOf(await clientFor(at).send(asking(at)))).toEqual(sevenInThrees);
  });

  it('has no empty page at the end, and says which page is the last', async () => {
    const at = await serveAs(NDJSON, seven.slice(0, 6).join('\n'));
    const first = await clientFor(at).send(asking(at));
    expect(await first.rest?.next()).toMatchObject({ body: sevenInThrees[1], isLast: true });
    expect((await clientFor(at).send(asking(at, { perPage: 6 }))).rest).toBeUndefined();
  });

  it('keeps the text of each page, and counts its bytes', async () => {
    const lines = ['{"id":12345678901234567890, "b":1.50}', '{"é":"1","a":2,"a":3}', '{"n":1}'];
    const at = await serveAs(NDJSON, lines.join('\n'));
    const answer = await clientFor(at).send(asking(at, { perPage: 2 }));
    expect(answer).toMatchObject({ status: 200, json: `[${lines[0]},${lines[1]}]` });
    expect(answer.size).toBe(Buffer.byteLength(`${lines[0]}\n${lines[1]}\n`));
    expect(answer.body).toMatchObject([{ id: 12345678901234567890n }, { a: 3 }]);
  });

  it.each([0, 1, 3, 5, 6, 7, 9])('passes over %d rows', async (skip) => {
    const at = await serveAs(NDJSON, seven.join('\n'));
    const bodies = await pagesOf(await clientFor(at).send(asking(at, { perPage: 2, skip })));
    expect(bodies.flatMap((body) => body ?? [])).toEqual(sevenInThrees.flat().slice(skip));
    expect(bodies.length).toBe(Math.max(1, Math.ceil((7 - skip) / 2)));
  });

  it('is null where there is nothing', async () => {
    const at = await serveAs(NDJSON, '');
    const answer = await clientFor(at).send(asking(at));
    expect([answer.body, answer.size, answer.rest]).toEqual([null, 0, undefined]);
  });

  it.each<[string, (body: Buffer) => Buffer, Asked]>([
    ['gzip', (body) => gzipSync(body), {}],
    ['deflate', (body) => deflateSync(body), {}],
    ['br', (body) => brotliCompressSync(body), {}],
    ['gzip, br', (body) => brotliCompressSync(gzipSync(body)), {}],
  ])('undoes Content-Encoding %s', async (coding, pack, asked) => {
    const at = await serveAs({ ...NDJSON, 'content-encoding': coding }, pack(Buffer.from(seven.join('\n'))));
    expect(await pagesOf(await clientFor(at).send(asking(at, asked)))).toEqual(sevenInThrees);
  });

  it('unpacks a gzip file', async () => {
    const at = await serveAs({ 'content-type': 'application/gzip' }, gzipSync(seven.join('\n')));
    const asked = asking(at, { format: 'ndjson', decompress: ['gzip'] });
    expect(await pagesOf(await clientFor(at).send(asked))).toEqual(sevenInThrees);
  });

  it('is read in any charset, whose characters may be cut anywhere', async () => {
    const text = '{"t":"aé€😀"}\n'.repeat(5);
    const trickle = (bytes: Buffer, headers: Record<string, string>) =>
      serve((_request, response) => {
        response.writeHead(200, headers);
        const send = (at: number) => {
          if (at === bytes.length) response.end();
          else response.write(bytes.subarray(at, at + 1), () => setImmediate(() => send(at + 1)));
        };
        send(0);
      });
    const wide = await trickle(Buffer.from(text, 'utf16le'), {
      'content-type': 'application/x-ndjson; charset=utf-16le',
    });
    const usual = await trickle(Buffer.from(text), NDJSON);
    for (const at of [wide, usual]) {
      const bodies = await pagesOf(await clientFor(at).send(asking(at)));
      expect(bodies.flat()).toEqual(Array.from({ length: 5 }, () => ({ t: 'aé€😀' })));
    }
  });

  it.each<[string, string | Buffer, string]>([
    ['a row that is not JSON', `${seven.join('\n')}\n{"n":`, 'invalid_body'],
    ['a row that nests too deep', `${seven.join('\n')}\n${'['.repeat(600)}`, 'invalid_body'],
    ['a row beyond the cap', `${seven.join('\n')}\n"${'x'.repeat(2_000)}"`, 'response_too_large'],
    [
      'rows that are beyond it together',
      `${seven.slice(0, 6).join('\n')}\n${`"${'x'.repeat(450)}"\n`.repeat(3)}`,
      'response_too_large',
    ],
    [
      'bytes that are no UTF-8',
      Buffer.concat([Buffer.from(`${seven.join('\n')}\n"`), Buffer.from([0xe9, 0x22])]),
      'invalid_body',
    ],
  ])('ends with a fault at %s, after the pages before it', async (_name, body, code) => {
    const at = await serveAs(NDJSON, body);
    const bodies = await pagesOf(await clientFor(at).send(asking(at, { perPage: 3 })));
    expect(bodies.at(-1)).toBe(`fault: ${code}`);
    expect(bodies.slice(0, -1)).toEqual(sevenInThrees.slice(0, bodies.length - 1));
  });

  it('has the cap for each page, not for the body', async () => {
    const at = await serveAs(NDJSON, `"${'x'.repeat(400)}"\n`.repeat(100));
    expect(await pagesOf(await clientFor(at).send(asking(at, { perPage: 2 })))).toHaveLength(50);
  });
});

describe('CSV as rows', () => {
  const people = 'id;name\n1;"a;\nb"\n2;é\n3;c\n';

  it('keeps the header row for every page, and sniffs the delimiter', async () => {
    const at = await serveAs(CSV, people);
    expect(await pagesOf(await clientFor(at).send(asking(at, { perPage: 2 })))).toEqual([
      [
        { id: '1', name: 'a;\nb' },
        { id: '2', name: 'é' },
      ],
      [{ id: '3', name: 'c' }],
    ]);
  });

  it('passes over rows without taking one of them for the header', async () => {
    const at = await serveAs(CSV, people);
    const answer = await clientFor(at).send(asking(at, { perPage: 2, skip: 2 }));
    expect([answer.body, answer.rest]).toEqual([[{ id: '3', name: 'c' }], undefined]);
  });

  it('has lists without a header row, and tabs by the media type', async () => {
    const at = await serveAs({ 'content-type': 'text/tab-separated-values' }, 'a\tb,c\nd\te\n');
    const asked = asking(at, { csv: { header: false } });
    expect((await clientFor(at).send(asked)).body).toEqual([
      ['a', 'b,c'],
      ['d', 'e'],
    ]);
  });

  it('is windows-1252 where it names no charset and is no UTF-8', async () => {
    const at = await serveAs(CSV, Buffer.from('name\ncaf\u00e9\n', 'latin1'));
    expect((await clientFor(at).send(asking(at))).body).toEqual([{ name: 'café' }]);
  });

  it('faults at a quote that never closes and at a row beyond the cap', async () => {
    const torn = await serveAs(CSV, 'a,b\n1,2\n"3,4\n');
    expect(await clientFor(torn).send(asking(torn))).toMatchObject({ fault: { code: 'invalid_body' } });
    const long = await serveAs(CSV, `a,b\n1,${'x'.repeat(2_000)}\n`);
    expect(await clientFor(long).send(asking(long))).toMatchObject({ fault: { code: 'response_too_large' } });
  });
});

describe('what is not read as rows', () => {
  it('is read whole: an error, JSON, and anything when nobody asked', async () => {
    const failed = await serveAs(NDJSON, seven.join('\n'), 503);
    const json = await serveAs({ 'content-type': 'application/json' }, `[${seven.join(',')}]`);
    for (const at of [failed, json]) {
      const answer = await clientFor(at).send(asking(at));
      expect([answer.body, answer.rest]).toEqual([sevenInThrees.flat(), undefined]);
    }
  });
});

describe('a stream of rows', () => {
  const many = `${JSON.stringify({ text: 'x'.repeat(80) })}\n`;

  /** Sends without end, counts what the peer takes. */
  const endless = async () => {
    const state = { sent: 0, closed: Promise.resolve() as Promise<unknown> };
    const at = await serve((_request, response) => {
      state.closed = once(response, 'close');
      response.writeHead(200, NDJSON);
      const send = () => {
        while (!response.destroyed && response.write(many.repeat(100))) state.sent += 1;
        state.sent += 1;
      };
      response.on('drain', send);
      send();
    });
    return { at, state };
  };

  it('stands still while nobody asks, and lets go of the connection when closed', async () => {
    const { at, state } = await endless();
    const { rest } = await clientFor(at).send(asking(at, { maxBytes: 1_000_000 }));
    let before = -1;
    // Socket buffers of both sides fill up first.
    while (before !== state.sent) {
      before = state.sent;
      for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(state.sent * many.length * 100).toBeLessThan(30_000_000);
    for (let page = 0; page < 100; page += 1) expect(await rest?.next()).toMatchObject({ isLast: false });
    rest?.close();
    rest?.close();
    await state.closed;
  });

  it('rejects with the reason of the signal, and with truncated where the peer hangs up', async () => {
    const { at } = await endless();
    const stop = new AbortController();
    const { rest } = await clientFor(at).send(
      asking(at, { signal: stop.signal, maxBytes: 1_000_000, perPage: 10_000 }),
    );
    const reason = new Error('asked to stop');
    stop.abort(reason);
    expect(await failure(rest?.next() ?? Promise.resolve())).toBe(reason);
    let peer: ServerResponse | undefined;
    const torn = await serve((_request, response) => {
      peer = response.writeHead(200, NDJSON);
      peer.write(seven.slice(0, 5).join('\n'));
    });
    const first = await clientFor(torn).send(asking(torn));
    peer?.destroy();
    expect(await failure(first.rest?.next() ?? Promise.resolve())).toMatchObject({ code: 'truncated' });
  });

  it('has the time limit for each page', async () => {
    const at = await serve((_request, response) => {
      response.writeHead(200, NDJSON).write(`${seven.slice(0, 5).join('\n')}\n`);
    });
    const { rest } = await clientFor(at).send(asking(at, { timeoutMs: 200 }));
    expect(await failure(rest?.next() ?? Promise.resolve())).toMatchObject({ code: 'timeout', type: 'transient' });
    const silent = await serve((_request, response) => void response.writeHead(200, NDJSON).write(seven[0]));
    expect(await failure(clientFor(silent).send(asking(silent, { timeoutMs: 200 })))).toMatchObject({
      code: 'timeout',
    });
  });

  it('has no time limit while nobody asks', async () => {
    let running = 0;
    const reader = new RowReader({
      format: ndjsonRows,
      texts: Readable.from([seven.join('\n')]),
      rows: { perPage: 3, skip: 0 },
      maxBytes: 1_000,
      abandon: () => undefined,
      limitTime: () => {
        running += 1;
        return () => void (running -= 1);
      },
    });
    for (let isLast = false; !isLast;) {
      const page = reader.next();
      expect(running).toBe(1);
      ({ isLast } = await page);
      expect(running).toBe(0);
    }
  });
});
