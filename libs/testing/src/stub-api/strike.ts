import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';

import type { FaultKind } from './stub-api.types';

const MEBIBYTE = 1024 * 1024;
const JSON_TYPE = { 'content-type': 'application/json' };

/** Plays a fault out on a response. Resolves to true when it was the whole answer, false when the proper one is to follow. */
export async function strike(fault: FaultKind, response: ServerResponse): Promise<boolean> {
  switch (fault.kind) {
    case 'status':
      response
        .writeHead(fault.status, { ...JSON_TYPE, ...fault.headers })
        .end(fault.body ?? `{"error":${fault.status}}`);
      return true;
    case 'redirect':
      response.writeHead(fault.status ?? 302, { location: fault.location }).end();
      return true;
    case 'hang':
      return true;
    case 'reset':
      response.socket?.resetAndDestroy();
      return true;
    case 'delay':
      await pause(response, fault.ms);
      return response.destroyed;
    case 'drip':
      await drip(response, fault.everyMs ?? 100);
      return true;
    case 'huge':
      await flood(response, {
        chunk: Buffer.alloc(MEBIBYTE, 'x'),
        times: Math.ceil(fault.bytes / MEBIBYTE),
        headers: {},
      });
      return true;
    case 'gzip_bomb':
      await bomb(response, fault.bytes);
      return true;
    case 'half_body':
    case 'invalid_json':
    case 'html':
    case 'deep_json':
      sendBadBody(fault, response);
      return true;
  }
}

type BadBody = Extract<FaultKind, { kind: 'half_body' | 'invalid_json' | 'html' | 'deep_json' }>;

function sendBadBody(fault: BadBody, response: ServerResponse): void {
  switch (fault.kind) {
    case 'half_body':
      response.writeHead(200, { ...JSON_TYPE, 'content-length': 1000 });
      response.write('{"contacts":[', () => response.destroy());
      break;
    case 'invalid_json':
      response.writeHead(200, JSON_TYPE).end('{"contacts": [{"id": "c-0000');
      break;
    case 'html':
      response
        .writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
        .end('<html><body>Maintenance</body></html>');
      break;
    case 'deep_json': {
      const depth = fault.depth ?? 100_000;
      response.writeHead(200, JSON_TYPE).end('['.repeat(depth) + ']'.repeat(depth));
    }
  }
}

async function drip(response: ServerResponse, everyMs: number): Promise<void> {
  response.writeHead(200, JSON_TYPE);
  while (!response.destroyed) {
    response.write(' ');
    await pause(response, everyMs);
  }
}

/** A gzip stream may have many members (RFC 1952, section 2.2): one small member sent over and over. */
async function bomb(response: ServerResponse, bytes: number): Promise<void> {
  const member = 8 * MEBIBYTE;
  const chunk = gzipSync(Buffer.alloc(member, ' '), { level: 9 });
  await flood(response, { chunk, times: Math.ceil(bytes / member), headers: { 'content-encoding': 'gzip' } });
}

interface Flood {
  readonly chunk: Buffer;
  readonly times: number;
  readonly headers: Record<string, string>;
}

async function flood(response: ServerResponse, { chunk, times, headers }: Flood): Promise<void> {
  response.writeHead(200, { ...JSON_TYPE, ...headers });
  const closed = once(response, 'close');
  for (let sent = 0; sent < times && !response.destroyed; sent += 1) {
    if (!response.write(chunk)) await Promise.race([once(response, 'drain'), closed]);
  }
  response.end();
}

function pause(response: ServerResponse, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      response.off('close', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    response.once('close', done);
  });
}
