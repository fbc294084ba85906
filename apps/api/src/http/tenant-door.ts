import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { JsonValue } from '@orchid/kernel';
import { DatabaseUnavailable, type TenantWork } from '@orchid/persistence';
import type { Response } from 'express';
import { API_PORTS, type ApiPorts } from '../api-ports';
import { entityTag } from './entity-tag';
import type { Caller } from './caller';

/** What a use case works with: one transaction of the caller's tenant. */
export interface Scope {
  readonly work: TenantWork;
  readonly caller: Pick<Caller, 'tenantId' | 'userId' | 'expected'>;
  /** Runs after the commit, before the answer. */
  readonly afterCommit: (action: () => Promise<void>) => void;
}

export interface Answer<Body extends object> {
  readonly body: Body;
  /** Becomes the `ETag`. */
  readonly revision?: number;
  /** Where what was created is found. */
  readonly location?: string;
}

/** Statements that take longer than this are doubted: does the database still answer at all? */
const DOUBT_AFTER_MS = 1_200;
const ANSWER_WITHIN_MS = 500;

/** Opens the transaction of a request, and answers a repeated `Idempotency-Key` with the first answer. */
@Injectable()
export class TenantDoor {
  constructor(@Inject(API_PORTS) private readonly ports: ApiPorts) {}

  /** Runs `body` in one transaction. Throws `DatabaseUnavailable` within two seconds when PostgreSQL is away. */
  async run<Result>(caller: Caller, body: (scope: Scope) => Promise<Result>): Promise<Result> {
    const actions: (() => Promise<void>)[] = [];
    const afterCommit = (action: () => Promise<void>): void => void actions.push(action);
    const done = this.ports.database.tenant(caller.tenantId).run((work) => body({ work, caller, afterCommit }));
    const result = await this.unlessGone(done);
    for (const action of actions) await action();
    return result;
  }

  /** As {@link run}, and sets the headers of the answer. With an `Idempotency-Key` the answer is kept in the same transaction. */
  async answer<Body extends object>(caller: Caller, body: (scope: Scope) => Promise<Answer<Body>>): Promise<Body> {
    const { once, response } = caller;
    if (once === null) return send(response, await this.run(caller, body));
    return this.run(caller, async (scope) => {
      const outcome = await scope.work.idempotency.begin(once);
      if (outcome.kind === 'repeat') return send(response, repeated(response, outcome.response) as Answer<Body>);
      const answer = await body(scope);
      await scope.work.idempotency.complete(once, response.statusCode, JSON.parse(JSON.stringify(answer)) as JsonValue);
      return send(response, answer);
    });
  }

  /** A slow statement may finish; one of a database that no longer answers is given up. */
  private async unlessGone<Result>(done: Promise<Result>): Promise<Result> {
    const over = new AbortController();
    const watched = done.finally(() => over.abort());
    const lost = this.watch(over.signal);
    const result = await Promise.race([watched, lost]);
    if (result === GONE) {
      watched.catch(() => undefined);
      throw new DatabaseUnavailable('it does not answer', null);
    }
    return result;
  }

  private async watch(over: AbortSignal): Promise<typeof GONE> {
    for (;;) {
      await pause(DOUBT_AFTER_MS, over);
      const ping = this.ports.database.ping().then(
        () => true,
        () => false,
      );
      if (!(await Promise.race([ping, pause(ANSWER_WITHIN_MS, over).then(() => false)]))) return GONE;
    }
  }
}

const CREATED = 201;
const GONE = Symbol('gone');

/** Never resolves once `over` is aborted: nobody waits for it any more. */
async function pause(ms: number, over: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal: over, ref: false });
  } catch {
    await new Promise(() => undefined);
  }
}

function send<Body extends object>(response: Response, { body, revision, location }: Answer<Body>): Body {
  if (revision !== undefined) response.setHeader('etag', entityTag(revision));
  if (location !== undefined && response.statusCode === CREATED) response.setHeader('location', location);
  return body;
}

function repeated(response: Response, kept: JsonValue): unknown {
  response.setHeader('idempotency-replayed', 'true');
  return kept;
}
