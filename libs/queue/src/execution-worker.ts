import { DelayedError, Worker, type Job } from 'bullmq';
import type { Redis } from 'ioredis';
import type { ExecutionRef } from './execution-ref';
import { bullPrefix, type QueueSettings } from './queue-settings';
import { patientConnection } from './redis-connection';

/** What becomes of a job: it is done, or comes back at a time (milliseconds since the epoch). */
export type JobOutcome = { readonly kind: 'done' } | { readonly kind: 'again'; readonly at: number };

export interface WorkerOptions extends QueueSettings {
  /** Executions run at once by this process. */
  readonly concurrency: number;
  readonly handle: (ref: ExecutionRef) => Promise<JobOutcome>;
  readonly onError: (error: Error) => void;
}

/** A dead worker's jobs are taken over after the lock has run out and the next look for stalled ones: 15 s at most. */
const LOCK_MS = 10_000;
const STALLED_CHECK_MS = 5_000;
/** A job stalls also when its worker's event loop does; crashes are counted in PostgreSQL. */
const MAX_STALLED = 3;

/** Takes executions from the queue. */
export class ExecutionWorker {
  private readonly redis: Redis;
  private readonly worker: Worker<ExecutionRef>;

  constructor(private readonly options: WorkerOptions) {
    this.redis = patientConnection(options.redisUrl);
    this.redis.on('error', options.onError);
    this.worker = new Worker<ExecutionRef>(options.name, (job, token) => this.process(job, token), {
      connection: this.redis,
      prefix: bullPrefix(options.keyPrefix),
      concurrency: options.concurrency,
      lockDuration: LOCK_MS,
      stalledInterval: STALLED_CHECK_MS,
      maxStalledCount: MAX_STALLED,
      autorun: false,
    });
    this.worker.on('error', options.onError);
  }

  start(): void {
    this.worker.run().catch(this.options.onError);
  }

  /** Takes no more jobs and resolves when those in progress have ended. */
  async close(): Promise<void> {
    await this.worker.close();
    this.redis.disconnect();
  }

  private async process(job: Job<ExecutionRef>, token: string | undefined): Promise<void> {
    const outcome = await this.options.handle(job.data);
    if (outcome.kind === 'done') return;
    await job.moveToDelayed(outcome.at, token);
    throw new DelayedError();
  }
}
