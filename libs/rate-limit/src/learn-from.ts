import type { Expression, Scope } from '@orchid/expression';
import type { JsonValue } from '@orchid/kernel';
import type { LimitDemand } from './demands';
import { parseRateLimitFields } from './rate-limit-fields';
import type { Learned } from './rate-limiter.port';
import { type AnswerTime, parseReset, parseRetryAfter } from './retry-after';

/** An answer as the limits see it. */
export interface LimitedAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** When it arrived, in milliseconds since the epoch. */
  readonly now: number;
  /** What the limits' `dynamic` expressions read. */
  readonly scope: Scope;
}

interface Told {
  readonly limit?: number | undefined;
  readonly closedForMs?: number | null | undefined;
}

const TOO_MANY_REQUESTS = 429;

/**
 * What an answer says about the buckets its request took from: by a limit's `dynamic` expressions, by the standard
 * `RateLimit` fields when `dynamic` is empty, and by `Retry-After` on a 429 in any case, so that everybody holds.
 */
export function learnFrom(demands: readonly LimitDemand[], answer: LimitedAnswer): Learned[] {
  const time: AnswerTime = { now: answer.now, date: answer.headers.date };
  const refusal = answer.status === TOO_MANY_REQUESTS ? parseRetryAfter(answer.headers['retry-after'], time) : null;
  return demands.flatMap((demand) => {
    const { limit, closedForMs } = told(demand, answer, time);
    const closed = Math.max(closedForMs ?? 0, refusal ?? 0);
    if (limit === undefined && closed === 0) return [];
    return [
      {
        bucket: demand.bucket,
        ...(limit !== undefined && { limit }),
        ...(closed > 0 && { closedUntil: answer.now + closed }),
      },
    ];
  });
}

function told(demand: LimitDemand, answer: LimitedAnswer, time: AnswerTime): Told {
  const { dynamic } = demand.limit;
  if (dynamic === null) return {};
  const { limit, remaining, reset, retryAfter } = dynamic;
  if (limit === null && remaining === null && reset === null && retryAfter === null) {
    return parseRateLimitFields(answer.headers, demand.windowMs);
  }
  const read = (expression: Expression | null): JsonValue => expression?.evaluate(answer.scope) ?? null;
  const isSpent = count(read(remaining)) === 0;
  const untilReset = isSpent ? parseReset(read(reset), dynamic.resetFormat, time) : null;
  const pause = read(retryAfter);
  const pauseMs = parseRetryAfter(typeof pause === 'number' ? String(pause) : asText(pause), time);
  const told = count(read(limit));
  return {
    ...(told !== null && told >= 1 && { limit: told }),
    closedForMs: Math.max(untilReset ?? 0, pauseMs ?? 0),
  };
}

function asText(value: JsonValue): string | null {
  return typeof value === 'string' ? value : null;
}

/** A count as APIs write it: `100`, `"100"`, `"100, 100;w=60"`. */
function count(value: JsonValue): number | null {
  if (typeof value === 'number') return value >= 0 ? Math.floor(value) : null;
  const digits = typeof value === 'string' ? /^\s*(\d+)/.exec(value)?.[1] : undefined;
  return digits === undefined ? null : Number(digits);
}
