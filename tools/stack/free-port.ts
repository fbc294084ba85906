import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below the range that systems take for outgoing connections: a server that is away for a while finds its port free. */
const LOWEST = 20_000;
const HIGHEST = 30_000;

/** A port of 127.0.0.1 that nobody listens on and that is not promised to somebody else. */
export async function findFreePort(isTaken: (port: number) => boolean): Promise<number> {
  for (;;) {
    const port = randomInt(LOWEST, HIGHEST);
    if ((await isFree(port)) && !isTaken(port)) return port;
  }
}

export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}
