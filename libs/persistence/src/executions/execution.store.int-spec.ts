import { newId, type JsonObject } from '@orchid/kernel';
import { createTestDatabase, seedPlan, type SeededPlan, type TestDatabase } from '@orchid/testing';
import { Client } from 'pg';
import { Database } from '../database/database';
import { Conflict, ContextTooLarge, NotFound, OwnershipLost } from '../database/database.errors';
import type { TenantWork } from '../database/tenant-work';
import type { Claim, ClaimOptions } from './claim-execution';
import type { Execution } from './execution.entity';
import type { ExecutionResult } from './finish-execution';

const tenant = newId();
const SUCCESS: ExecutionResult = { status: 'success', receipt: { api_calls: 3, records: 20, bytes: 999 } };
const FAILURE: ExecutionResult = {
  status: 'failed',
  receipt: { api_calls: 1 },
  error: { code: 'http_500', type: 'transient', message: 'no' },
};
let test: TestDatabase;
let database: Database;
let admin: Client;

beforeAll(async () => {
  test = await createTestDatabase();
  database = await Database.connect({ url: test.url, poolSize: 12 });
  admin = new Client({ connectionString: test.adminUrl });
  await admin.connect();
});

afterAll(async () => {
  await admin.end();
  await database.close();
  await test.drop();
});

const run = <T>(body: (work: TenantWork) => Promise<T>): Promise<T> => database.tenant(tenant).run(body);
const idsOf = ({ plan, config }: SeededPlan) => ({ planId: plan.id, configId: config.id });
const claim = (id: string, options?: ClaimOptions) => run((work) => work.executions.claim(id, 'worker', options));
const finish = (id: string, epoch: number, result: ExecutionResult) =>
  run((work) => work.executions.finish(id, epoch, result));

async function triggered(pair: SeededPlan, contextOverride: JsonObject | null = null): Promise<Execution> {
  const outcome = await run((work) => work.executions.trigger({ ...idsOf(pair), trigger: 'manual', contextOverride }));
  if (outcome.kind !== 'queued') throw new Error(outcome.kind);
  return outcome.execution;
}

async function claimed(id: string, options?: ClaimOptions): Promise<Claim> {
  const outcome = await claim(id, options);
  if (outcome.kind !== 'claimed') throw new Error(outcome.kind);
  return outcome.claim;
}

async function running(document = {}): Promise<{ pair: SeededPlan; id: string; epoch: number }> {
  const pair = await seedPlan(database, tenant, document);
  const { id } = await triggered(pair);
  const { execution } = await claimed(id);
  return { pair, id, epoch: execution.epoch };
}

describe('trigger', () => {
  it('lets one execution run and one more wait', async () => {
    const pair = await seedPlan(database, tenant);
    const first = await triggered(pair, { since: '2026-01-01' });
    expect(first).toMatchObject({ status: 'pending', trigger: 'manual', planVersion: 1, epoch: 0, startedAt: null });
    expect(first.contextOverride).toEqual({ since: '2026-01-01' });
    await claimed(first.id);
    const second = await run((work) => work.executions.trigger({ ...idsOf(pair), trigger: 'event' }));
    expect(second).toMatchObject({ kind: 'queued', startable: false });
    const third = await run((work) => work.executions.trigger({ ...idsOf(pair), trigger: 'manual' }));
    const waiting = second.kind === 'queued' ? second.execution.id : '';
    expect(third).toEqual({ kind: 'already_queued', executionId: waiting });
    expect(await claim(waiting)).toEqual({ kind: 'blocked' });
    expect(await finish(first.id, 1, SUCCESS)).toMatchObject({ next: waiting });
    expect((await claimed(waiting)).execution.status).toBe('running');
    expect((await finish(waiting, 1, SUCCESS)).next).toBeNull();
  });

  it('yields one waiting execution to 10 who ask at once', async () => {
    const pair = await seedPlan(database, tenant);
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, () => run((work) => work.executions.trigger({ ...idsOf(pair), trigger: 'manual' }))),
    );
    const ids = outcomes.map((outcome) => (outcome.kind === 'queued' ? outcome.execution.id : outcome.executionId));
    expect(outcomes.filter((outcome) => outcome.kind === 'queued')).toHaveLength(1);
    expect(new Set(ids).size).toBe(1);
  });

  it('works on a disabled plan, not on a disabled config, nor on one of another integration', async () => {
    const pair = await seedPlan(database, tenant, { enabled: false });
    await triggered(pair);
    const other = await seedPlan(database, tenant);
    const ids = idsOf(other);
    await run((work) => work.configs.setEnabled(ids.configId, false));
    const disabled = run((work) => work.executions.trigger({ ...ids, trigger: 'manual' }));
    await expect(disabled).rejects.toThrow(Conflict);
    await expect(disabled).rejects.toMatchObject({ code: 'config_disabled' });
    const foreign = run((work) =>
      work.executions.trigger({ planId: pair.plan.id, configId: ids.configId, trigger: 'manual' }),
    );
    await expect(foreign).rejects.toThrow(NotFound);
  });
});

describe('claim', () => {
  it('has one winner among 10, and raises the epoch', async () => {
    const { id } = await triggered(await seedPlan(database, tenant));
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => claim(id)));
    expect(outcomes.map((outcome) => outcome.kind).sort()).toEqual(['claimed', ...Array<string>(9).fill('owned')]);
    expect(await run((work) => work.executions.get(id))).toMatchObject({ epoch: 1, owner: 'worker', crashes: 0 });
  });

  it('takes over from a silent worker, whose writes are refused from then on', async () => {
    const { id, epoch } = await running();
    await run((work) => work.executions.saveCheckpoint(id, epoch, { page: 7 }, { pages: 7 }));
    await admin.query(`UPDATE executions SET heartbeat_at = now() - interval '20 seconds' WHERE id = $1`, [id]);
    expect(await claim(id, { silentForMs: 60_000 })).toEqual({ kind: 'owned' });
    const taken = await claimed(id);
    expect(taken.execution).toMatchObject({ epoch: epoch + 1, crashes: 1, progress: { pages: 7 } });
    expect(taken.checkpoint).toEqual({ page: 7 });
    const zombie: ((work: TenantWork) => Promise<unknown>)[] = [
      (work) => work.executions.heartbeat(id, epoch),
      (work) => work.executions.saveCheckpoint(id, epoch, { page: 8 }),
      (work) => work.executions.park(id, epoch, new Date(), { state: { page: 8 } }),
    ];
    for (const write of zombie) await expect(run(write)).rejects.toThrow(OwnershipLost);
    await expect(finish(id, epoch, SUCCESS)).rejects.toThrow(OwnershipLost);
    expect(await run((work) => work.checkpoints.find(id))).toMatchObject({ state: { page: 7 } });
    await finish(id, epoch + 1, SUCCESS);
  });

  it('keeps the plan version it started with, and starts with the newest', async () => {
    const pair = await seedPlan(database, tenant);
    const { id } = await triggered(pair);
    const document = { ...pair.plan.document, name: 'second' };
    await run((work) => work.plans.saveVersion(pair.plan.key, { document }));
    const first = await claimed(id);
    expect([first.execution.planVersion, first.document.name]).toEqual([2, 'second']);
    await run((work) => work.plans.saveVersion(pair.plan.key, { document: { ...document, name: 'third' } }));
    const again = await claimed(id, { silentForMs: -60_000 });
    expect([again.execution.planVersion, again.document.name]).toEqual([2, 'second']);
    await finish(id, 2, SUCCESS);
    expect(await claim(id)).toEqual({ kind: 'finished' });
    expect(await claim(newId())).toEqual({ kind: 'missing' });
  });

  it('goes on with a parked execution when its time has come', async () => {
    const { id, epoch } = await running();
    const later = new Date(Date.now() + 3_600_000);
    await run((work) => work.executions.park(id, epoch, later, { state: { page: 2 }, progress: { pages: 2 } }));
    expect(await run((work) => work.executions.get(id))).toMatchObject({
      status: 'parked',
      parkedUntil: later,
      owner: null,
    });
    expect(await claim(id)).toEqual({ kind: 'parked', until: later });
    await admin.query(`UPDATE executions SET parked_until = now() WHERE id = $1`, [id]);
    const resumed = await claimed(id);
    expect(resumed).toMatchObject({ checkpoint: { page: 2 }, execution: { crashes: 0, epoch: 2, parkedUntil: null } });
  });

  it('keeps the order of keys and every digit of what it stores', async () => {
    const vars = { z: 'now()', a: 'vars.z', m: 'vars.a', 10: 'x' };
    const pair = await seedPlan(database, tenant, { step: { url: 'https://x.example', vars } });
    const { id } = await triggered(pair);
    const { document } = await claimed(id);
    expect(JSON.stringify(document.step.vars)).toBe(JSON.stringify(vars));
    const state = { big: 12345678901234567890n, z: 1, a: null };
    await run((work) => work.executions.saveCheckpoint(id, 1, state));
    expect((await run((work) => work.checkpoints.find(id)))?.state).toEqual(state);
    await finish(id, 1, { ...SUCCESS, contextPatch: { cursor: 98765432109876543210n } });
    const context = await run((work) => work.contexts.find(pair.plan.id, pair.config.id));
    expect(context?.data).toEqual({ cursor: 98765432109876543210n });
  });
});

describe('finish', () => {
  it('commits result, context, statistics and schedule together', async () => {
    const { pair, id, epoch } = await running({ wait_seconds: 600, repeat_count: 2 });
    const [planId, configId] = [pair.plan.id, pair.config.id];
    await run((work) => work.executions.saveCheckpoint(id, epoch, { page: 1 }));
    const { execution, next } = await finish(id, epoch, { ...SUCCESS, contextPatch: { a: 1, b: 2 }, durationMs: 100 });
    expect([execution.status, next]).toEqual(['success', null]);
    const after = await run(async (work) => ({
      checkpoint: await work.checkpoints.find(id),
      context: await work.contexts.find(planId, configId),
      statistics: await work.statistics.ofPlan(planId),
      schedule: await work.schedules.find(planId, configId),
    }));
    const { startedAt, finishedAt } = execution;
    expect(after.checkpoint).toBeNull();
    expect(after.context).toMatchObject({ data: { a: 1, b: 2 }, lastSuccessAt: startedAt, executionCount: 1 });
    expect(after.statistics).toMatchObject([
      {
        totalExecutions: 1,
        totalSuccesses: 1,
        totalFailures: 0,
        totalApiCalls: 3,
        totalRecords: 20,
        totalBytes: 999,
        averageExecutionTimeMs: 100,
        lastExecutionAt: startedAt,
        lastFailureAt: null,
      },
    ]);
    expect(after.schedule?.nextDueAt).toEqual(new Date(finishedAt.getTime() + 600_000));
    expect(after.schedule?.scheduledRuns).toBe(0);
  });

  it('leaves the context as it was on failure, and keeps the checkpoint for a retry', async () => {
    const { pair, id } = await running();
    const ids = idsOf(pair);
    await finish(id, 1, { ...SUCCESS, contextPatch: { a: 1, b: 1 } });
    const second = await triggered(pair);
    await claimed(second.id);
    await run((work) => work.executions.saveCheckpoint(second.id, 1, { page: 5 }));
    await finish(second.id, 1, { ...FAILURE, contextPatch: { a: 2 } });
    const context = await run((work) => work.contexts.find(ids.planId, ids.configId));
    expect(context).toMatchObject({ data: { a: 1, b: 1 }, executionCount: 2 });
    expect(context?.lastFailureAt).toEqual(context?.lastExecutionAt);
    const failed = await run((work) => work.executions.get(second.id));
    expect(failed).toMatchObject({ status: 'failed', errorType: 'transient', error: FAILURE.error });
    await run((work) => work.plans.saveVersion(pair.plan.key, { document: { ...pair.plan.document, name: 'n' } }));
    const retry = await run((work) => work.executions.retry(second.id));
    if (retry.kind !== 'queued') throw new Error(retry.kind);
    expect(retry.execution).toMatchObject({ retryOf: second.id, trigger: 'retry' });
    expect(await claimed(retry.execution.id)).toMatchObject({ checkpoint: { page: 5 }, execution: { planVersion: 1 } });
    await finish(retry.execution.id, 1, { ...SUCCESS, contextPatch: { b: null } });
    expect((await run((work) => work.contexts.find(ids.planId, ids.configId)))?.data).toEqual({ a: 1 });
    const done = run((work) => work.executions.retry(id));
    await expect(done).rejects.toMatchObject({ code: 'not_retryable' });
  });

  it('writes nothing when the context is too large', async () => {
    const { pair, id } = await running();
    const tooLarge = finish(id, 1, { ...SUCCESS, contextPatch: { text: 'x'.repeat(70_000) } });
    await expect(tooLarge).rejects.toThrow(ContextTooLarge);
    expect(await run((work) => work.executions.get(id))).toMatchObject({ status: 'running', receipt: null });
    expect(await run((work) => work.statistics.ofPlan(pair.plan.id))).toEqual([]);
  });

  it('may be repeated when its answer got lost, but not with another result', async () => {
    const { pair, id } = await running();
    const first = await finish(id, 1, SUCCESS);
    const second = await finish(id, 1, SUCCESS);
    expect(second).toEqual(first);
    await expect(finish(id, 1, FAILURE)).rejects.toThrow(OwnershipLost);
    expect(await run((work) => work.statistics.ofPlan(pair.plan.id))).toMatchObject([{ totalExecutions: 1 }]);
  });
});

describe('requestCancel', () => {
  it('ends what waits, asks what runs, wakes what is parked', async () => {
    const { pair, id } = await running();
    const waiting = await triggered(pair);
    const cancel = (execution: string) => run((work) => work.executions.requestCancel(execution));
    expect(await cancel(waiting.id)).toMatchObject({ kind: 'cancelled', execution: { status: 'cancelled' } });
    expect(await cancel(waiting.id)).toMatchObject({ kind: 'finished' });
    expect(await cancel(id)).toMatchObject({ kind: 'requested', wake: false });
    expect(await run((work) => work.executions.heartbeat(id, 1))).toEqual({ cancelRequested: true });
    const news = await run((work) => work.executions.park(id, 1, new Date(Date.now() + 60_000), { state: {} }));
    expect(news).toEqual({ cancelRequested: true });
    expect(await cancel(id)).toMatchObject({ kind: 'requested', wake: true });
    expect((await claimed(id)).execution.cancelRequested).toBe(true);
    await finish(id, 2, { status: 'cancelled', receipt: {} });
    expect(await run((work) => work.statistics.ofPlan(pair.plan.id))).toMatchObject([
      { totalExecutions: 1, totalSuccesses: 0, totalFailures: 0 },
    ]);
  });
});

describe('the constraints', () => {
  const insert = `INSERT INTO executions (tenant_id, id, plan_id, plan_key, plan_version, integration, config_id, trigger,
    status, due_at) VALUES ($1, $2, $3, 'k', 1, 'i', $4, 'manual', $5, $6)`;

  it.each([
    ['two running', 'running', 'running', null, 'executions_one_active'],
    ['one running beside one parked', 'running', 'parked', null, 'executions_one_active'],
    ['two waiting', 'pending', 'pending', null, 'executions_one_pending'],
    ['two for one due time', 'running', 'pending', new Date(), 'executions_due_key'],
  ])('refuse %s', async (_what, first, second, dueAt, constraint) => {
    const { plan, config } = await seedPlan(database, tenant);
    await admin.query(insert, [tenant, newId(), plan.id, config.id, first, dueAt]);
    const again = admin.query(insert, [tenant, newId(), plan.id, config.id, second, dueAt]);
    await expect(again).rejects.toMatchObject({ constraint });
  });
});

describe('list', () => {
  it('filters, newest first', async () => {
    const lister = newId();
    const pair = await seedPlan(database, lister);
    const ids: string[] = [];
    for (let index = 0; index < 5; index += 1) {
      await database.tenant(lister).run(async (work) => {
        const outcome = await work.executions.trigger({ ...idsOf(pair), trigger: 'manual' });
        const id = outcome.kind === 'queued' ? outcome.execution.id : '';
        ids.unshift(id);
        if (index === 4) return;
        await work.executions.claim(id, 'w');
        await work.executions.finish(id, 1, index % 2 === 0 ? SUCCESS : FAILURE);
      });
    }
    const list = async (filter: Parameters<TenantWork['executions']['list']>[0], limit = 50) =>
      (await database.tenant(lister).run((work) => work.executions.list(filter, { limit }))).data.map((row) => row.id);
    const created = await database.tenant(lister).run((work) => work.executions.get(ids[2] ?? ''));
    expect(await list({})).toEqual(ids);
    expect(await list({}, 2)).toEqual(ids.slice(0, 2));
    expect(await list({ status: 'failed' })).toEqual([ids[1], ids[3]]);
    expect(await list({ planKey: pair.plan.key, configId: pair.config.id, status: 'pending' })).toEqual([ids[0]]);
    expect(await list({ planKey: 'other' })).toEqual([]);
    expect(await list({ since: created.createdAt })).toEqual(ids.slice(0, 3));
    expect(await list({ until: created.createdAt })).toEqual(ids.slice(3));
  });
});
