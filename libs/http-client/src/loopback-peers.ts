import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';

import type { OutboundRequest } from './http-client.port';
import { UndiciHttpClient } from './undici-http-client';

export const MEBIBYTE = 1024 * 1024;

/** What a test started; {@link stopPeers} ends it. */
export const stops: (() => Promise<void>)[] = [];
const sockets = new Set<Socket>();

export async function listen(server: Server, host = '127.0.0.1'): Promise<string> {
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  });
  server.listen(0, host);
  await once(server, 'listening');
  stops.push(async () => {
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  });
  return `${host}:${(server.address() as AddressInfo).port}`;
}

/** A server on loopback; resolves to its `host:port`. */
export const serve = (listener: RequestListener): Promise<string> => listen(createServer(listener));
/** A peer that says exactly this and, unless told to stay, hangs up. */
export const say = (bytes: string, stay = false): Promise<string> =>
  listen(createTcpServer((socket) => void socket.once('data', () => (stay ? socket.write(bytes) : socket.end(bytes)))));

export function clientFor(...allow: string[]): UndiciHttpClient {
  const client = new UndiciHttpClient({ guard: { allow }, userAgent: 'Orchid/test', maxConnectionsPerOrigin: 4 });
  stops.push(() => client.close());
  return client;
}

export const serveBody = (
  answer: (body: string, request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> =>
  serve((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => answer(body, request, response));
  });

export const get = (url: string, over: Partial<OutboundRequest> = {}): OutboundRequest => ({
  method: 'GET',
  url,
  headers: {},
  timeoutMs: 5_000,
  decode: { format: 'auto', maxBytes: 10 * MEBIBYTE },
  ...over,
});

export const failure = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => new Error('it succeeded'),
    (error: unknown) => error as Error,
  );

export async function stopPeers(): Promise<void> {
  for (const stop of stops.splice(0).reverse()) await stop();
}
