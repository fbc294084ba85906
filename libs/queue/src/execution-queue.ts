import { Queue, type JobsOptions } from 'bullmq';
import { systemClock } from '@orchid/kernel';
import type { Redis } from 'ioredis';
import type { ExecutionRef } from './execution-ref';
import { QueueUnavailable } from './queue.errors';
import { bullPrefix, type QueueSettings } from './queue-settings';
import { promptConnection } from './redis-connection';

/** Jobs leave Redis when they end, well or badly: their history is in PostgreSQL. */
const JOB: JobsOptions = { removeOnComplete: true, removeOnFail: true, attempts: 1 };
const JOB_NAME = 'execution';
const ANSWER_WITHIN_MS = 2_000;

export interface QueueCounts {
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
}

/** Hands executions to the workers. An execution that is in the queue already is not added twice. */
export class ExecutionQueue {
  private readonly redis: Redis;
  private readonly queue: Queue<ExecutionRef>;

  constructor(settings: QueueSettings, onError: (error: Error) => void = () => undefined) {
    this.redis = promptConnection(settings.redisUrl);
    this.redis.on('error', onError);
    this.queue = new Queue(settings.name, { connection: this.redis, prefix: bullPrefix(settings.keyPrefix) });
    this.queue.on('error', onError);
  }

  /** Throws `QueueUnavailable` within two seconds when Redis is away. */
  async enqueue(ref: ExecutionRef): Promise<void> {
    await this.enqueueAll([ref]);
  }

  async enqueueAll(refs: readonly ExecutionRef[]): Promise<void> {
    const jobs = refs.map(({ tenantId, executionId }) => ({
      name: JOB_NAME,
      data: { tenantId, executionId },
      opts: { ...JOB, jobId: executionId },
    }));
    await this.asking(this.queue.addBulk(jobs));
  }

  /** As {@link enqueue}; one that is in the queue already for a later time starts at once. */
  async wake(ref: ExecutionRef): Promise<void> {
    await this.enqueue(ref);
    const job = await this.asking(this.queue.getJob(ref.executionId));
    // Between looking and promoting a worker may take it: then it starts anyhow.
    if (job !== undefined && (await this.asking(job.isDelayed()))) await job.promote().catch(() => undefined);
  }

  /** Those of the executions that no job stands for. */
  async missing(refs: readonly ExecutionRef[]): Promise<ExecutionRef[]> {
    const states = await this.asking(Promise.all(refs.map((ref) => this.queue.getJobState(ref.executionId))));
    return refs.filter((_, index) => states[index] === 'unknown');
  }

  async counts(): Promise<QueueCounts> {
    const counts = await this.asking(this.queue.getJobCounts('waiting', 'active', 'delayed'));
    return { waiting: counts.waiting ?? 0, active: counts.active ?? 0, delayed: counts.delayed ?? 0 };
  }

  /** Round trip to Redis, in milliseconds. */
  async ping(): Promise<number> {
    const began = performance.now();
    await this.asking(this.redis.ping());
    return performance.now() - began;
  }

  async close(): Promise<void> {
    await this.queue.close();
    this.redis.disconnect();
  }

  private async asking<T>(answer: Promise<T>): Promise<T> {
    // BullMQ waits for a connection that never stood; callers must not.
    const late = new AbortController();
    try {
      return await Promise.race([answer, rejectLater(late.signal)]);
    } catch (error) {
      throw new QueueUnavailable(error);
    } finally {
      late.abort();
    }
  }
}

async function rejectLater(over: AbortSignal): Promise<never> {
  await systemClock.sleep(ANSWER_WITHIN_MS, over);
  throw new Error(`no answer within ${ANSWER_WITHIN_MS} ms`);
}
