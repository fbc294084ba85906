import type { IncomingMessage, ServerResponse } from 'node:http';

import { control } from './control-endpoints';
import { FaultBook } from './fault-book';
import { Ledger } from './ledger';
import { parseFields, readText } from './read-form';
import { RequestWindow } from './request-window';
import { Routes, type RouteAnswer, type RouteMatch } from './routes';
import { strike } from './strike';
import type { LedgerEntry, StubApiOptions } from './stub-api.types';
import { TokenDesk } from './token-desk';

const UNAUTHORIZED: RouteAnswer = {
  status: 401,
  body: '{"error":"invalid_token"}',
  headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
};
const TOO_MANY = '{"error":"rate_limited"}';

/** Answers requests: ledger first, then faults, token, limit, data. */
export class StubServer {
  readonly ledger: Ledger;
  readonly faults: FaultBook;
  readonly tokens: TokenDesk;
  private readonly routes: Routes;
  private readonly window: RequestWindow | undefined;

  constructor(
    private readonly options: StubApiOptions,
    baseUrl: () => string,
  ) {
    this.ledger = new Ledger(options.ledger !== false);
    this.faults = new FaultBook(options.faults);
    this.tokens = new TokenDesk(options);
    this.routes = new Routes(options, baseUrl);
    this.window = options.rateLimit === undefined ? undefined : new RequestWindow(options.rateLimit);
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = request.url ?? '/';
    if (target.startsWith('/_')) return control(this, request, response);
    const [path = '/', search = ''] = target.split('?', 2);
    const method = request.method ?? 'GET';
    const query = new URLSearchParams(search);
    const match = this.routes.match(method, path, query);
    const entry = this.record(request, { method, path, query, match });
    response.once('close', () => this.ledger.leave());
    const fault = this.faults.take(method, path);
    if (fault !== undefined) {
      if (fault.kind === 'status') this.ledger.answer(entry, fault.status);
      if (await strike(fault, response)) return;
    }
    if (path === '/oauth/token') return this.sendToken(request, response, entry);
    const body = request.method === 'GET' ? '' : await readText(request);
    if (body !== '') entry.body = body;
    return this.sendData(response, entry, () => match.answer({ query, body, headers: request.headers }));
  }

  private record(
    request: IncomingMessage,
    { method, path, query, match }: { method: string; path: string; query: URLSearchParams; match: RouteMatch },
  ): LedgerEntry {
    const tenant = request.headers['x-tenant-id'];
    return this.ledger.arrive(
      {
        time: Date.now(),
        method,
        path,
        query: this.options.ledger === false ? {} : Object.fromEntries(query),
        page: match.page,
        item: match.item,
        token: /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? null,
        tenant: typeof tenant === 'string' ? tenant : query.get('tenant'),
      },
      match.route,
    );
  }

  private async sendToken(request: IncomingMessage, response: ServerResponse, entry: LedgerEntry): Promise<void> {
    const fields = parseFields(await readText(request), request.headers['content-type']);
    const basic = /^Basic (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
    const { status, body } = this.tokens.issue(fields, basic);
    this.send(response, entry, { status, body: JSON.stringify(body), headers: { 'cache-control': 'no-store' } });
  }

  private async sendData(response: ServerResponse, entry: LedgerEntry, answerOf: () => RouteAnswer): Promise<void> {
    if (this.options.latencyMs !== undefined) await strike({ kind: 'delay', ms: this.options.latencyMs }, response);
    if (this.options.requireToken === true && !this.tokens.isLive(entry.token)) {
      this.send(response, entry, UNAUTHORIZED);
      return;
    }
    const verdict = this.window?.take(Date.now());
    const answer = verdict?.allowed === false ? { status: 429, body: TOO_MANY } : answerOf();
    this.send(response, entry, { ...answer, headers: { ...answer.headers, ...verdict?.headers } });
  }

  private send(response: ServerResponse, entry: LedgerEntry, { status, body, headers }: RouteAnswer): void {
    if (response.destroyed) return;
    this.ledger.answer(entry, status);
    const length = String(Buffer.byteLength(body));
    response.writeHead(status, { 'content-type': 'application/json', 'content-length': length, ...headers }).end(body);
  }
}
