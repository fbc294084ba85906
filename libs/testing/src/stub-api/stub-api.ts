import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { FaultRule, LedgerEntry, StubApiOptions, StubStats } from './stub-api.types';
import { StubServer } from './stub-server';

/** Somebody else's API, on loopback: numbered data, every way of paging, tokens, limits and faults, and a ledger of it all. */
export interface StubApi {
  /** Without a trailing slash. */
  readonly url: string;
  readonly port: number;
  /** What an outbound guard must allow: `127.0.0.1:<port>`. */
  readonly authority: string;
  /** Every request so far, oldest first. */
  readonly ledger: readonly LedgerEntry[];
  stats(): StubStats;
  /** Replaces the faults in force. */
  setFaults(rules: readonly FaultRule[]): void;
  revokeTokens(): void;
  /** Empties ledger and counters. */
  clear(): void;
  /** Drops every connection and stops. */
  close(): Promise<void>;
}

/** Starts a stub API on a free loopback port, unless the options name one. */
export async function startStubApi(options: StubApiOptions = {}): Promise<StubApi> {
  const host = options.host ?? '127.0.0.1';
  let port = 0;
  const stub = new StubServer(options, () => `http://${host}:${port}`);
  const server = createServer((request, response) => {
    stub.handle(request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(400);
      response.end(String(error));
    });
  });
  server.keepAliveTimeout = 60_000;
  server.listen(options.port ?? 0, host);
  await once(server, 'listening');
  ({ port } = server.address() as AddressInfo);
  return {
    url: `http://${host}:${port}`,
    port,
    authority: `${host}:${port}`,
    ledger: stub.ledger.entries,
    stats: () => stub.ledger.stats(),
    setFaults: (rules) => stub.faults.set(rules),
    revokeTokens: () => stub.tokens.revokeAll(),
    clear: () => stub.ledger.clear(),
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
