import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const ROWS_A_WRITE = 1_000;
/** Nothing else in a record varies in length, so that so many of them are one 10 MiB page. */
const RECORD_BYTES = 103;

function record(id: number): string {
  const head = `{"id":${id},"name":"Contact ${id}","email":"contact-${id}@example.com","active":${String(id % 2 === 0)},"note":"`;
  return `${head}${'x'.repeat(Math.max(0, RECORD_BYTES - head.length - 2))}"}`;
}

/** A JSON page of `count` records, made once. */
const pages = new Map<number, Buffer>();

function pageOf(count: number): Buffer {
  const made = pages.get(count);
  if (made !== undefined) return made;
  const page = Buffer.from(`{"items":[${Array.from({ length: count }, (_, n) => record(n + 1)).join(',')}]}`);
  pages.set(count, page);
  return page;
}

/** Rows one a line, no faster than they are taken. */
function streamRows(response: ServerResponse, count: number): void {
  let next = 1;
  const write = () => {
    while (next <= count && !response.destroyed) {
      const length = Math.min(ROWS_A_WRITE, count - next + 1);
      const rows = Array.from({ length }, (_, n) => `${record(next + n)}\n`).join('');
      next += length;
      if (!response.write(rows)) return;
    }
    response.end();
  };
  response.on('drain', write);
  write();
}

/** `/page?count=` and `/rows?count=`. Prints its port; ends with its parent. */
const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const count = Number(searchParams.get('count'));
  if (pathname === '/rows') {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    streamRows(response, count);
  } else response.writeHead(200, { 'content-type': 'application/json' }).end(pageOf(count));
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
process.stdin.on('close', () => process.exit()).resume();
