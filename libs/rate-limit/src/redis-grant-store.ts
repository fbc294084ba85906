import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Redis, Result } from 'ioredis';
import {
  FARTHEST_LOOK,
  type GrantStore,
  LEARNED_LIMIT_TTL_MS,
  type LearnedDelay,
  type Outlook,
  SLOT_RECHECK_MS,
  type TakeOutcome,
  type TakeRequest,
} from './grant-store.port';
import { SeenGrants } from './seen-grants';
import { LimiterUnavailable } from './limiter.errors';
import type { BucketDemand } from './rate-limiter.port';

declare module 'ioredis' {
  interface RedisCommander<Context> {
    orchidAcquire(keyCount: number, ...keysAndArguments: (string | number)[]): Result<number[], Context>;
    orchidLearn(keyCount: number, ...keysAndArguments: (string | number)[]): Result<number, Context>;
  }
}

/** How long Redis may take before it counts as away. */
const ANSWER_WITHIN_MS = 1_500;
/** A command that was sent again after a lost connection meets its own grant for so long. */
const GRANT_REMEMBERED_MS = 30_000;
const US = 1_000;
const HASH_TAG = /^\{[^{}]+\}/;

/** Buckets in Redis, for all workers. Everything of one take lies in one Redis Cluster slot when the buckets' hash tags agree. */
export class RedisGrantStore implements GrantStore {
  private returning = new Map<string, string[]>();
  private returned: Promise<void> | null = null;
  private readonly seen = new SeenGrants();

  constructor(
    private readonly redis: Redis,
    private readonly keyPrefix: string,
  ) {
    redis.defineCommand('orchidAcquire', { lua: script('acquire') });
    redis.defineCommand('orchidLearn', { lua: script('learn') });
  }

  async take({ grantId, demands, leaseMs }: TakeRequest): Promise<TakeOutcome> {
    const keys = demands.flatMap(({ bucket }) => [this.key(bucket, 'l'), this.key(bucket, 'f'), this.key(bucket, 's')]);
    const head = [grantId, Math.ceil(leaseMs * US), GRANT_REMEMBERED_MS, FARTHEST_LOOK, SLOT_RECHECK_MS * US];
    const grantKey = this.key(`${tagOf(demands[0]?.bucket ?? '')}:${grantId}`, 'g');
    const answer = await this.within(
      this.redis.orchidAcquire(
        keys.length + 1,
        grantKey,
        ...keys,
        ...head,
        ...demands.flatMap((each) => [...numbers(each), this.seen.of(each)]),
      ),
    );
    const outcome = outcomeOf(answer, demands);
    if (outcome.kind === 'taken') demands.forEach((each, index) => this.seen.note(each, answer[4 + index * 4] ?? 0));
    return outcome;
  }

  /** Slots returned in one turn of the event loop go in one command per bucket. */
  giveBack(grantId: string, buckets: readonly string[]): Promise<void> {
    for (const bucket of buckets) {
      const grants = this.returning.get(bucket);
      if (grants === undefined) this.returning.set(bucket, [grantId]);
      else grants.push(grantId);
    }
    this.returned ??= new Promise<void>((resolve) => setImmediate(resolve)).then(() => this.flush());
    return this.returned;
  }

  async learn({ bucket, limit, closedForMs }: LearnedDelay): Promise<void> {
    const facts = [Math.ceil((closedForMs ?? 0) * US), limit ?? 0, LEARNED_LIMIT_TTL_MS * US];
    await this.within(this.redis.orchidLearn(1, this.key(bucket, 'f'), ...facts));
  }

  private async flush(): Promise<void> {
    const returning = this.returning;
    this.returning = new Map();
    this.returned = null;
    await this.within(
      Promise.all([...returning].map(([bucket, grants]) => this.redis.zrem(this.key(bucket, 's'), ...grants))),
    );
  }

  private key(name: string, kind: 'g' | 'l' | 'f' | 's'): string {
    return `${this.keyPrefix}rl:${HASH_TAG.test(name) ? name : `{rl}${name}`}:${kind}`;
  }

  private async within<T>(answer: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error('Redis did not answer in time')), ANSWER_WITHIN_MS);
    });
    try {
      return await Promise.race([answer, late]);
    } catch (error) {
      throw new LimiterUnavailable(error);
    } finally {
      clearTimeout(timer);
    }
  }
}

function numbers({ requests, windowMs, maxConcurrent }: BucketDemand): number[] {
  const window = requests === undefined || windowMs === undefined ? [0, 0] : [requests, Math.ceil(windowMs * US)];
  return [...window, maxConcurrent ?? 0];
}

function outcomeOf(answer: readonly number[], demands: readonly BucketDemand[]): TakeOutcome {
  const at = (index: number): number => answer[index] ?? 0;
  const outlook = (room: number, wait: number): Outlook => ({
    room,
    waitMs: Math.ceil(at(wait) / US),
    firm: at(wait + 1) === 1,
  });
  if (at(0) === 0) return { kind: 'refused', bucket: demands[at(1) - 1]?.bucket ?? '', outlook: outlook(0, 2) };
  return { kind: 'taken', outlooks: demands.map((_, index) => outlook(at(1 + index * 4), 2 + index * 4)) };
}

function tagOf(bucket: string): string {
  return HASH_TAG.exec(bucket)?.[0] ?? '';
}

function script(name: string): string {
  return readFileSync(path.join(__dirname, `${name}.lua`), 'utf8');
}
