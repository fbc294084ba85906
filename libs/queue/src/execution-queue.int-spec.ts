import { randomUUID } from 'node:crypto';
import { stackEnv } from '@orchid/testing';
import { ExecutionQueue } from './execution-queue';
import type { ExecutionRef } from './execution-ref';
import { ExecutionWorker, type JobOutcome } from './execution-worker';
import { QueueUnavailable } from './queue.errors';
import { assertNoEviction, promptConnection } from './redis-connection';

const reference = (): ExecutionRef => ({ tenantId: randomUUID(), executionId: randomUUID() });

describe('the execution queue', () => {
  const settings = { redisUrl: stackEnv().redisUrl, name: `test-${randomUUID()}`, keyPrefix: `test-${randomUUID()}:` };
  const queue = new ExecutionQueue(settings);
  const redis = promptConnection(settings.redisUrl);

  beforeAll(() => assertNoEviction(redis));
  afterAll(async () => {
    await queue.close();
    const keys = await redis.keys(`*${settings.keyPrefix}*`);
    if (keys.length > 0) await redis.del(...keys);
    redis.disconnect();
  });

  /** Resolves with the executions taken, once there are so many. */
  const work = async (
    count: number,
    handle: (ref: ExecutionRef, taken: number) => JobOutcome,
  ): Promise<ExecutionRef[]> => {
    const taken: ExecutionRef[] = [];
    const errors: Error[] = [];
    let worker: ExecutionWorker | undefined;
    await new Promise<void>((resolve) => {
      worker = new ExecutionWorker({
        ...settings,
        concurrency: 4,
        onError: (error) => errors.push(error),
        handle: (ref) => {
          taken.push(ref);
          if (taken.length >= count) resolve();
          return Promise.resolve(handle(ref, taken.length));
        },
      });
      worker.start();
    });
    await worker?.close();
    expect(errors).toEqual([]);
    return taken;
  };

  it('holds ids only, and each execution once', async () => {
    const refs = [reference(), reference()];
    await queue.enqueueAll([...refs, ...refs]);
    expect(await queue.counts()).toEqual({ waiting: 2, active: 0, delayed: 0 });
    const keys = await redis.keys(`*${settings.keyPrefix}*:${String(refs[0]?.executionId)}`);
    expect(JSON.parse((await redis.hget(String(keys[0]), 'data')) ?? '')).toEqual(refs[0]);
    const taken = await work(2, () => ({ kind: 'done' }));
    expect(taken).toEqual(expect.arrayContaining(refs));
    expect(await queue.missing(refs)).toEqual(refs);
  });

  it('brings an execution back at its time, and at once when woken', async () => {
    const ref = reference();
    await queue.enqueue(ref);
    const far = Date.now() + 3_600_000;
    await work(1, () => ({ kind: 'again', at: far }));
    expect(await queue.missing([ref])).toEqual([]);
    expect(await queue.counts()).toEqual({ waiting: 0, active: 0, delayed: 1 });
    await queue.wake(ref);
    const taken = await work(2, (_ref, count) =>
      count === 1 ? { kind: 'again', at: Date.now() + 50 } : { kind: 'done' },
    );
    expect(taken).toEqual([ref, ref]);
    expect(await queue.missing([ref])).toEqual([ref]);
  });

  it('answers within seconds that Redis was never there', async () => {
    const nowhere = new ExecutionQueue({ ...settings, redisUrl: 'redis://127.0.0.1:1' });
    const began = Date.now();
    await expect(nowhere.enqueue(reference())).rejects.toBeInstanceOf(QueueUnavailable);
    expect(Date.now() - began).toBeLessThan(5_000);
    await nowhere.close();
  });
});
