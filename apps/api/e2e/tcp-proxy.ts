import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Stands between the API and PostgreSQL, to take PostgreSQL away. */
export interface Proxy {
  /** The database's address through the proxy. */
  readonly url: string;
  /** Breaks every connection and refuses new ones. */
  shut(): Promise<void>;
  /** Lets no more bytes through, and says nothing. */
  stall(): void;
  /** As at first: new connections work. */
  open(): Promise<void>;
  close(): Promise<void>;
}

export async function startProxy(target: URL): Promise<Proxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let stalled = false;
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    const pair = [near, far] as const;
    pairs.add(pair);
    for (const [from, to] of [pair, [far, near]] as const) {
      from.on('error', () => undefined);
      from.on('close', () => to.destroy());
      from.on('data', (bytes) => stalled || to.write(bytes));
    }
    near.once('close', () => pairs.delete(pair));
  });
  await listen(server, 0);
  const { port } = server.address() as AddressInfo;
  const url = new URL(target);
  url.port = String(port);
  const breakAll = (): void => {
    for (const [near, far] of pairs) [near, far].forEach((each) => each.destroy());
  };
  const shut = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    breakAll();
    await closed;
  };
  return {
    url: url.toString(),
    shut,
    stall: () => void (stalled = true),
    open: async () => {
      if (stalled) breakAll();
      stalled = false;
      if (!server.listening) await listen(server, port);
    },
    close: shut,
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
}
