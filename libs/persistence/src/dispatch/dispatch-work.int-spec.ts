import { newId } from '@orchid/kernel';
import { createTestDatabase, seedPlan, type SeededPlan, type TestDatabase } from '@orchid/testing';
import type { PlanDocument } from '@orchid/plan';
import { Client } from 'pg';
import { Database } from '../database/database';
import type { TenantWork } from '../database/tenant-work';
import { SCHEDULES_CHANGED } from '../schedules/schedule.store';
import type { DispatchedExecution } from './dispatch-work';

const tenant = newId();
const NOW = { pendingForMs: 0, silentForMs: 10_000 };
let test: TestDatabase;
let database: Database;
let admin: Client;

beforeAll(async () => {
  test = await createTestDatabase();
  database = await Database.connect({ url: test.url, poolSize: 10 });
  admin = new Client({ connectionString: test.adminUrl });
  await admin.connect();
});

afterAll(async () => {
  await admin.end();
  await database.close();
  await test.drop();
});

beforeEach(async () => {
  await admin.query('UPDATE schedules SET next_due_at = NULL');
  await admin.query('DELETE FROM executions');
});

const run = <T>(body: (work: TenantWork) => Promise<T>): Promise<T> => database.tenant(tenant).run(body);
const claimDue = (limit?: number): Promise<DispatchedExecution[]> =>
  database.dispatch.run((work) => work.claimDue(limit));
const lost = () => database.dispatch.run((work) => work.lostExecutions(NOW));
const nextDueAt = () => database.dispatch.run((work) => work.nextDueAt());
const scheduleOf = ({ plan, config }: SeededPlan) => run((work) => work.schedules.find(plan.id, config.id));
const save = ({ plan }: SeededPlan, change: Partial<PlanDocument>) =>
  run((work) => work.plans.saveVersion(plan.key, { document: { ...plan.document, ...change } }));

async function execute(id: string): Promise<void> {
  await run(async (work) => {
    await work.executions.claim(id, 'w');
    await work.executions.finish(id, 1, { status: 'success', receipt: {} });
  });
}

async function dueNow(): Promise<string> {
  const [execution, ...others] = await claimDue();
  expect(others).toEqual([]);
  return execution?.executionId ?? '';
}

describe('claimDue', () => {
  it('makes exactly 1,000 executions of 1,000 due pairs for 5 who ask at once', async () => {
    for (const id of [newId(), newId()]) {
      const { plan, config } = await seedPlan(database, id);
      await admin.query(
        `WITH copies AS (INSERT INTO configs (tenant_id, id, integration_id, name, public_values, enabled)
           SELECT $1, gen_random_uuid(), $2, n::text, '{}', true FROM generate_series(1, 499) n RETURNING id)
         INSERT INTO schedules (tenant_id, plan_id, config_id, active, wait_seconds, next_due_at)
         SELECT $1, $3, id, true, 60, now() FROM copies`,
        [id, plan.integrationId, plan.id],
      );
      expect(config.enabled).toBe(true);
    }
    const scheduler = async (): Promise<DispatchedExecution[]> => {
      const all: DispatchedExecution[] = [];
      for (let round = await claimDue(50); round.length > 0; round = await claimDue(50)) all.push(...round);
      return all;
    };
    const claims = (await Promise.all(Array.from({ length: 5 }, scheduler))).flat();
    expect(new Set(claims.map((claim) => claim.executionId)).size).toBe(claims.length);
    expect(claims).toHaveLength(1000);
    const { rows } = await admin.query(`SELECT count(*)::int AS made, count(DISTINCT (config_id, due_at))::int AS pairs,
      count(DISTINCT tenant_id)::int AS tenants FROM executions WHERE trigger = 'schedule' AND status = 'pending'`);
    expect(rows).toEqual([{ made: 1000, pairs: 1000, tenants: 2 }]);
    expect(await nextDueAt()).toBeNull();
  });

  it('takes 10,000 due pairs within seconds', async () => {
    const { plan } = await seedPlan(database, tenant);
    await admin.query(
      `WITH copies AS (INSERT INTO configs (tenant_id, id, integration_id, name, public_values, enabled)
         SELECT $1, gen_random_uuid(), $2, 'x' || n, '{}', true FROM generate_series(1, 10000) n RETURNING id)
       INSERT INTO schedules (tenant_id, plan_id, config_id, active, wait_seconds, next_due_at)
       SELECT $1, $3, id, true, 60, now() FROM copies`,
      [tenant, plan.integrationId, plan.id],
    );
    const start = performance.now();
    let total = 0;
    for (let round = await claimDue(); round.length > 0; round = await claimDue()) total += round.length;
    expect(total).toBe(10_001);
    expect(performance.now() - start).toBeLessThan(10_000);
  });

  it('leaves a pair alone while an execution of it waits, runs or is parked', async () => {
    const pair = await seedPlan(database, tenant);
    const trigger = { planId: pair.plan.id, configId: pair.config.id, trigger: 'manual' as const };
    const outcome = await run((work) => work.executions.trigger(trigger));
    const id = outcome.kind === 'queued' ? outcome.execution.id : '';
    expect([await claimDue(), await nextDueAt()]).toEqual([[], null]);
    await run((work) => work.executions.claim(id, 'w'));
    expect(await claimDue()).toEqual([]);
    await run((work) => work.executions.park(id, 1, new Date(), { state: {} }));
    expect(await claimDue()).toEqual([]);
    await run((work) => work.executions.claim(id, 'w'));
    await run((work) => work.executions.finish(id, 2, { status: 'success', receipt: {} }));
    const schedule = await scheduleOf(pair);
    expect(await nextDueAt()).toEqual(schedule?.nextDueAt);
    expect(schedule?.nextDueAt?.getTime()).toBe((schedule?.lastFinishedAt?.getTime() ?? 0) + 3_600_000);
    const later = new Date(Date.now() + 2 * 3_600_000);
    expect(await database.dispatch.run((work) => work.claimDue(10, later))).toHaveLength(1);
  });

  it('stops after repeat_count scheduled executions, of which manual ones are none', async () => {
    const pair = await seedPlan(database, tenant, { wait_seconds: 0, repeat_count: 2 });
    await execute(await dueNow());
    const trigger = { planId: pair.plan.id, configId: pair.config.id, trigger: 'manual' as const };
    const manual = await run((work) => work.executions.trigger(trigger));
    await execute(manual.kind === 'queued' ? manual.execution.id : '');
    await execute(await dueNow());
    expect(await scheduleOf(pair)).toMatchObject({ scheduledRuns: 2, nextDueAt: null, active: true });
    await save(pair, { name: 'another name', wait_seconds: 1 });
    expect(await claimDue()).toEqual([]);
    await save(pair, { repeat_count: 3, wait_seconds: 0 });
    expect(await scheduleOf(pair)).toMatchObject({ scheduledRuns: 0 });
    await execute(await dueNow());
  });
});

describe('schedules', () => {
  it('make a new enabled pair due at once, in either order, and never one that is not', async () => {
    expect(await scheduleOf(await seedPlan(database, tenant))).toMatchObject({ active: true });
    await execute(await dueNow());
    const disabled = await seedPlan(database, tenant, { enabled: false });
    expect(await scheduleOf(disabled)).toBeNull();
    await run((work) => work.plans.setEnabled(disabled.plan.key, true));
    await execute(await dueNow());
    const { wait_seconds: _wait, ...manual } = disabled.plan.document;
    await run((work) => work.plans.saveVersion(disabled.plan.key, { document: manual }));
    expect(await scheduleOf(disabled)).toMatchObject({ active: false, nextDueAt: null });
  });

  it('miss no pair whose plan and config are made at the same moment', async () => {
    const { integration } = await seedPlan(database, tenant);
    const count = 8;
    const step = { url: 'https://x.example' };
    const plans = Array.from({ length: count }, (_, n) =>
      run((work) =>
        work.plans.create({
          integrationId: integration.id,
          document: { key: `race-${newId()}-${n}`, wait_seconds: 5, step },
          enabled: true,
        }),
      ),
    );
    const configs = Array.from({ length: count }, (_, n) =>
      run((work) => work.configs.create({ integrationId: integration.id, name: `race ${n}`, values: {}, schema: {} })),
    );
    await Promise.all([...plans, ...configs]);
    expect(await claimDue()).toHaveLength((count + 1) * (count + 1));
  });

  it('miss no pair whose plan and config are enabled at the same moment', async () => {
    const pair = await seedPlan(database, tenant, { enabled: false });
    await run((work) => work.configs.setEnabled(pair.config.id, false));
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let entered = (): void => undefined;
    const inside = new Promise<void>((resolve) => (entered = resolve));
    const plan = run(async (work) => {
      await work.plans.setEnabled(pair.plan.key, true);
      entered();
      await held;
    });
    await inside;
    const config = { done: false };
    const enabled = run((work) => work.configs.setEnabled(pair.config.id, true)).finally(() => (config.done = true));
    const waits = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    while (!config.done && (await admin.query(waits)).rowCount === 0) await new Promise(setImmediate);
    release();
    await Promise.all([plan, enabled]);
    expect(await claimDue()).toHaveLength(1);
  });

  it('make a pair that is enabled again due when its wait has passed', async () => {
    const pair = await seedPlan(database, tenant, { wait_seconds: 600, repeat_count: 5 });
    await execute(await dueNow());
    const before = await scheduleOf(pair);
    await run((work) => work.configs.setEnabled(pair.config.id, false));
    expect(await scheduleOf(pair)).toMatchObject({ active: false, nextDueAt: null, scheduledRuns: 1 });
    await run((work) => work.configs.setEnabled(pair.config.id, true));
    expect(await scheduleOf(pair)).toMatchObject({ active: true, nextDueAt: before?.nextDueAt, scheduledRuns: 0 });
    await save(pair, { wait_seconds: 60 });
    const finishedAt = before?.lastFinishedAt?.getTime() ?? 0;
    expect((await scheduleOf(pair))?.nextDueAt?.getTime()).toBe(finishedAt + 60_000);
    await save(pair, { wait_seconds: 0 });
    await execute(await dueNow());
  });

  it('follow cron', async () => {
    const schedule = { cron: '0 3 1 1 *', timezone: 'America/New_York', jitter_seconds: 60 };
    const document = { key: `cron-${newId()}`, step: { url: 'https://x.example' }, schedule };
    const { integration, config } = await seedPlan(database, tenant);
    const plan = await run((work) => work.plans.create({ integrationId: integration.id, document, enabled: true }));
    const row = await run((work) => work.schedules.find(plan.id, config.id));
    const due = row?.nextDueAt ?? new Date(0);
    expect([due.getUTCMonth(), due.getUTCDate(), due.getUTCHours()]).toEqual([0, 1, 8]);
    expect(due.getTime()).toBeGreaterThan(Date.now());
    expect(due.getUTCMinutes()).toBeLessThanOrEqual(1);
  });

  it('cancel what waits when the config or the plan goes, and ask what runs to stop', async () => {
    const pair = await seedPlan(database, tenant);
    const ids = { planId: pair.plan.id, configId: pair.config.id };
    const first = await dueNow();
    await run((work) => work.configs.setEnabled(pair.config.id, false));
    expect(await run((work) => work.executions.get(first))).toMatchObject({ status: 'cancelled' });
    await run((work) => work.configs.setEnabled(pair.config.id, true));
    const second = await dueNow();
    await run((work) => work.plans.setEnabled(pair.plan.key, false));
    expect(await run((work) => work.executions.get(second))).toMatchObject({ status: 'cancelled' });
    const manual = await run((work) => work.executions.trigger({ ...ids, trigger: 'manual' }));
    const id = manual.kind === 'queued' ? manual.execution.id : '';
    await run((work) => work.executions.claim(id, 'w'));
    await run((work) => work.executions.trigger({ ...ids, trigger: 'event' }));
    await run((work) => work.plans.delete(pair.plan.key));
    expect(await run((work) => work.executions.get(id))).toMatchObject({ status: 'running', cancelRequested: true });
    const { next } = await run((work) => work.executions.finish(id, 1, { status: 'cancelled', receipt: {} }));
    expect(next).toBeNull();
    expect(await claimDue()).toEqual([]);
    expect((await run((work) => work.executions.list({ planKey: pair.plan.key }))).data).toHaveLength(4);
  });

  it('wake whoever listens', async () => {
    const heard: string[] = [];
    let wake = (): void => undefined;
    const next = () => new Promise<void>((resolve) => (wake = resolve));
    const connected = next();
    const stop = await database.listen(SCHEDULES_CHANGED, (payload) => {
      heard.push(payload);
      wake();
    });
    await connected;
    const created = next();
    const pair = await seedPlan(database, tenant, { wait_seconds: 1 });
    await created;
    const id = await dueNow();
    const finished = next();
    await execute(id);
    await finished;
    expect(heard.length).toBeGreaterThanOrEqual(3);
    await stop();
    expect((await scheduleOf(pair))?.nextDueAt).not.toBeNull();
  });
});

describe('lostExecutions', () => {
  it('names what should run and does not, and nothing else', async () => {
    const pair = await seedPlan(database, tenant);
    const ids = { planId: pair.plan.id, configId: pair.config.id };
    const id = await dueNow();
    const mine = [{ tenantId: tenant, executionId: id }];
    expect(await lost()).toEqual(mine);
    expect(await database.dispatch.run((work) => work.lostExecutions({ ...NOW, pendingForMs: 60_000 }))).toEqual([]);
    await run((work) => work.executions.claim(id, 'w'));
    await run((work) => work.executions.trigger({ ...ids, trigger: 'manual' }));
    expect(await lost()).toEqual([]);
    await admin.query(`UPDATE executions SET heartbeat_at = now() - interval '11 seconds' WHERE id = $1`, [id]);
    expect(await lost()).toEqual(mine);
    await run((work) => work.executions.heartbeat(id, 1));
    expect(await lost()).toEqual([]);
    await run((work) => work.executions.park(id, 1, new Date(Date.now() + 60_000), { state: {} }));
    expect(await lost()).toEqual([]);
    await run((work) => work.executions.requestCancel(id));
    expect(await lost()).toEqual(mine);
  });
});

describe('purging', () => {
  it('deletes executions that ended before, with their checkpoints', async () => {
    await seedPlan(database, tenant);
    const id = await dueNow();
    await run(async (work) => {
      await work.executions.claim(id, 'w');
      await work.executions.saveCheckpoint(id, 1, { page: 1 });
    });
    const purge = () => database.dispatch.run((work) => work.purgeExecutions(new Date(Date.now() + 1_000)));
    expect(await purge()).toBe(0);
    await run((work) => work.executions.finish(id, 1, { status: 'failed', receipt: {} }));
    expect(await purge()).toBe(1);
    expect(await run((work) => work.checkpoints.find(id))).toBeNull();
    await run((work) => work.idempotency.begin({ methodPath: 'm', key: 'k', requestHash: 'h' }));
    expect(await database.dispatch.run((work) => work.purgeIdempotencyKeys())).toBe(0);
    await admin.query(`UPDATE idempotency_keys SET created_at = now() - interval '25 hours'`);
    expect(await database.dispatch.run((work) => work.purgeIdempotencyKeys())).toBe(1);
  });
});
