import type { IncomingMessage, ServerResponse } from 'node:http';

import type { FaultBook } from './fault-book';
import type { Ledger } from './ledger';
import { readText } from './read-form';
import type { FaultRule } from './stub-api.types';
import type { TokenDesk } from './token-desk';

export interface Controlled {
  readonly ledger: Ledger;
  readonly faults: FaultBook;
  readonly tokens: TokenDesk;
}

interface Reply {
  readonly status: number;
  readonly body: unknown;
}

const DONE: Reply = { status: 200, body: { ok: true } };

/**
 * Lets another process watch and steer the stub; none of it reaches the ledger. `GET /_ledger?since=<seq>`, `GET /_stats`,
 * `POST /_faults` (a JSON array of rules), `POST /_clear`, `POST /_revoke`.
 */
export async function control(stub: Controlled, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { status, body } = await obey(stub, request);
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function obey(stub: Controlled, request: IncomingMessage): Promise<Reply> {
  const url = new URL(request.url ?? '/', 'http://stub');
  switch (`${request.method ?? ''} ${url.pathname}`) {
    case 'GET /_ledger':
      return { status: 200, body: stub.ledger.since(Number(url.searchParams.get('since') ?? 0)) };
    case 'GET /_stats':
      return { status: 200, body: stub.ledger.stats() };
    case 'POST /_faults':
      stub.faults.set(JSON.parse(await readText(request)) as FaultRule[]);
      return DONE;
    case 'POST /_clear':
      stub.ledger.clear();
      return DONE;
    case 'POST /_revoke':
      stub.tokens.revokeAll();
      return DONE;
    default:
      return { status: 404, body: { error: 'not_found' } };
  }
}
