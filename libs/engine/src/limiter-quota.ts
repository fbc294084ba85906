import type { Scope } from '@orchid/expression';
import type { Clock } from '@orchid/kernel';
import type { CompiledLimit } from '@orchid/plan';
import { demandsFor, learnFrom, type LimitDemand, type LimitIdentity, type RateLimiter } from '@orchid/rate-limit';
import type { Quota, QuotaGrant, QuotaOutcome, QuotaRequest } from './engine-ports';

const FREE: QuotaOutcome = {
  kind: 'granted',
  waitedMs: 0,
  grant: { learn: () => Promise.resolve(null), release: () => Promise.resolve() },
};

/** The quota of one execution: the limits of its plan, over a rate limiter that all workers share. */
export class LimiterQuota implements Quota {
  /** Since when a request has been waiting for a bucket, over all its attempts. */
  private readonly waitingSince = new Map<string, number>();

  constructor(
    private readonly limiter: RateLimiter,
    private readonly limits: readonly CompiledLimit[],
    private readonly identity: LimitIdentity,
    private readonly clock: Clock,
  ) {}

  async acquire(request: QuotaRequest): Promise<QuotaOutcome> {
    if (this.limits.length === 0) return FREE;
    const demands = demandsFor(this.limits, limitedRequest(request), this.identity);
    if (demands.length === 0) return FREE;
    const { grantId, maxWaitMs, leaseMs, signal } = request;
    const outcome = await this.limiter.acquire({ grantId, demands, maxWaitMs, leaseMs, signal });
    if (outcome.kind === 'granted') {
      for (const demand of demands) this.waitingSince.delete(demand.bucket);
      return { ...outcome, grant: this.grant(grantId, demands) };
    }
    return this.deferred(outcome, demands);
  }

  private grant(grantId: string, demands: readonly LimitDemand[]): QuotaGrant {
    return {
      learn: (answer) => this.learn(demands, answer),
      release: () => this.limiter.release(grantId, demands),
    };
  }

  private deferred(
    outcome: { readonly until: number; readonly bucket: string },
    demands: readonly LimitDemand[],
  ): QuotaOutcome {
    const { until, bucket } = outcome;
    const since = this.waitingSince.get(bucket) ?? this.clock.now();
    this.waitingSince.set(bucket, since);
    const limit = demands.find((demand) => demand.bucket === bucket)?.limit;
    const isTooLong = limit !== undefined && until - since > limit.maxWaitMs;
    return { kind: 'deferred', until, limit: limit?.name ?? bucket, exceeded: isTooLong ? limit.onExceeded : null };
  }

  private async learn(demands: readonly LimitDemand[], answer: Scope): Promise<number | null> {
    const response = answer.response as { readonly status_code: number; readonly headers: Record<string, string> };
    const now = this.clock.now();
    const facts = learnFrom(demands, { status: response.status_code, headers: response.headers, now, scope: answer });
    if (facts.length === 0) return null;
    await this.limiter.learn(facts);
    const closed = facts.flatMap((fact) => (fact.closedUntil === undefined ? [] : [fact.closedUntil]));
    return closed.length === 0 ? null : Math.max(...closed);
  }
}

function limitedRequest({ method, url, template, stepId }: QuotaRequest) {
  const pathTemplate = template.split('?')[0] ?? template;
  return { method, path: new URL(url).pathname, stepId, pathTemplate };
}
