import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OrchidError } from '@orchid/kernel';
import { answerProbe, isProbePath, type ProbeSources } from './probes';

/** The port is taken or not allowed (`port_unavailable`). */
export class PortUnavailable extends OrchidError {
  constructor(port: number, cause: NodeJS.ErrnoException) {
    const trouble =
      cause.code === 'EADDRINUSE' ? 'is taken by another process' : `cannot be used (${cause.code ?? cause.message})`;
    super(`Port ${port} ${trouble}: set PORT to a free one.`, { code: 'port_unavailable', type: 'config', cause });
  }
}

export interface ProbeServerOptions extends ProbeSources {
  /** 0 takes any free one. */
  readonly port: number;
}

export interface ProbeServer {
  /** The port it listens on. */
  readonly port: number;
  close(): Promise<void>;
}

/** Serves `/health`, `/healthz`, `/live` and `/metrics` for a process that serves nothing else. Throws {@link PortUnavailable}. */
export async function startProbeServer({ port, ...sources }: ProbeServerOptions): Promise<ProbeServer> {
  const server = createServer((request, response) => void respond(request, response, sources));
  server.requestTimeout = 10_000;
  await listen(server, port);
  return { port: (server.address() as AddressInfo).port, close: () => close(server) };
}

async function respond(request: IncomingMessage, response: ServerResponse, sources: ProbeSources): Promise<void> {
  const path = (request.url ?? '').split('?')[0] ?? '';
  if (!isProbePath(path)) {
    send(response, 404, { body: '{"status":404,"title":"Not Found"}' });
    return;
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    send(response, 405, { body: '', allow: 'GET, HEAD' });
    return;
  }
  try {
    const answer = await answerProbe(path, sources);
    send(response, answer.status, answer);
  } catch {
    send(response, 503, { body: '{"status":"down"}' });
  }
}

function send(
  response: ServerResponse,
  status: number,
  { body, contentType = 'application/json', allow }: { body: string; contentType?: string; allow?: string },
): void {
  response.writeHead(status, {
    'content-type': contentType,
    'cache-control': 'no-store',
    ...(allow !== undefined && { allow }),
  });
  response.end(body);
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => reject(new PortUnavailable(port, error));
    server.once('error', fail);
    server.listen(port, () => {
      server.removeListener('error', fail);
      resolve();
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
