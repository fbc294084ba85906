import type { Execution } from '@orchid/persistence';
import {
  readData,
  readEvents,
  startOrchid,
  startStubApi,
  TenantDesk,
  until,
  type Orchid,
  type StubApi,
} from '@orchid/testing';

const step = (latePath: string) => ({
  url: `{config.base_url}${latePath}`,
  params: { page: '{{ (vars.page || `0`) + `1` }}', tenant: '{config.name}' },
  vars: { page: '(vars.page || `0`) + `1`' },
  while: 'vars.page < 3',
  retry: { max_retries: 0 },
});

describe('schedules and triggers', () => {
  let stub: StubApi;
  let orchid: Orchid;
  let desk: TenantDesk;
  let ids: Record<string, string>;

  beforeAll(async () => {
    stub = await startStubApi({ contacts: 60, latencyMs: 50 });
    orchid = await startOrchid({ workers: 2, allow: [stub.authority], apps: ['scheduler'] });
    desk = await TenantDesk.open(orchid);
    const values = { base_url: stub.url };
    const configs = { one: { ...values, name: 'one' }, two: { ...values, name: 'two' } };
    ids = await desk.integration({ name: 'crm', configs });
  }, 60_000);

  afterAll(async () => {
    await desk.close();
    expect(await orchid.stop()).toEqual([0, 0, 0]);
    await stub.close();
  });

  const configIds = () => Object.values(ids);
  const inOrder = (executions: readonly Execution[]) => [...executions].reverse();
  const times = (each: Execution | undefined) => ({
    started: each?.startedAt?.getTime() ?? 0,
    finished: each?.finishedAt?.getTime() ?? 0,
  });

  it('runs both configs of a plan as often as repeat_count says, and never one config twice at once', async () => {
    const plan = await desk.plan({
      key: 'thrice',
      integration: 'crm',
      enabled: true,
      wait_seconds: 1,
      repeat_count: 3,
      step: step('/api/contacts'),
    });
    for (const configId of configIds()) {
      // No further execution is planned: it has stopped for good.
      await until('the last execution', async () => {
        const schedule = await desk.schedule(plan, configId);
        const statistics = await desk.statistics(plan, configId);
        return statistics?.totalExecutions === 3 && schedule?.nextDueAt === null;
      });
      const executions = inOrder(await desk.executions(plan, configId));
      expect(executions.map((each) => [each.status, each.trigger])).toEqual(Array(3).fill(['success', 'schedule']));
      for (const [index, each] of executions.slice(1).entries()) {
        expect(times(each).started - times(executions[index]).finished).toBeGreaterThanOrEqual(990);
      }
    }
    expect(stub.ledger.filter((each) => each.tenant === 'one')).toHaveLength(9);
    expect(stub.ledger.filter((each) => each.tenant === 'two')).toHaveLength(9);
  });

  it('stops the schedule at once when the plan is disabled', async () => {
    const document = { integration: 'crm', enabled: true, wait_seconds: 1, step: step('/api/contacts') };
    const [stopped, going] = [
      await desk.plan({ ...document, key: 'stopped' }),
      await desk.plan({ ...document, key: 'going' }),
    ];
    const one = ids.one ?? '';
    const total = async (plan: typeof going) => (await desk.statistics(plan, one))?.totalExecutions ?? 0;
    await until('a first execution', async () => (await total(stopped)) > 0);
    await desk.run((work) => work.plans.setEnabled(stopped.key, false));
    const [before, meanwhile] = [(await desk.executions(stopped, one)).length, await total(going)];
    expect((await desk.schedule(stopped, one))?.active).toBe(false);
    await until('the other plan to go on', async () => (await total(going)) >= meanwhile + 2);
    expect((await desk.executions(stopped, one)).length).toBe(before);
    await desk.run((work) => work.plans.setEnabled(going.key, false));
  });

  it('runs a plan by hand, one waiting behind the one that runs', async () => {
    const plan = await desk.plan({ key: 'by-hand', integration: 'crm', step: step('/api/contacts') });
    const one = ids.one ?? '';
    const first = await desk.trigger(plan, one);
    await until('its start', async () => (await desk.executions(plan))[0]?.status === 'running');
    const second = await desk.trigger(plan, one);
    const [before, after] = [await desk.ended(first), await desk.ended(second)];
    expect([before, after].map((each) => [each.status, each.trigger])).toEqual(Array(2).fill(['success', 'manual']));
    expect(times(after).started).toBeGreaterThanOrEqual(times(before).finished);
  });

  it('cancels one that runs', async () => {
    const plan = await desk.plan({
      key: 'endless',
      integration: 'crm',
      max_loops: 10_000,
      step: { ...step('/api/contacts'), params: { page: '{{ context.loop_count }}' }, while: '`true`' },
    });
    const id = await desk.trigger(plan, ids.one ?? '');
    await until(
      'some pages',
      async () => Number((await desk.run((work) => work.executions.get(id))).progress?.pages) > 3,
    );
    await desk.cancel(id);
    expect(await desk.ended(id)).toMatchObject({ status: 'cancelled', receipt: { complete: false } });
    expect((await readEvents(orchid, id)).at(-1)).toMatchObject({ type: 'execution.completed', status: 'cancelled' });
  });

  it('fails when the API does, says so, and leaves the context as it was', async () => {
    const plan = await desk.plan({
      key: 'failing',
      integration: 'crm',
      step: { ...step('/api/contacts'), context_updates: { seen: 'response.body.total' } },
    });
    const one = ids.one ?? '';
    await desk.ended(await desk.trigger(plan, one));
    const context = { seen: 60 };
    expect((await desk.context(plan, one))?.data).toEqual(context);
    stub.setFaults([{ kind: 'status', status: 500, path: '/api/contacts', after: 1, body: '{"why":"broken"}' }]);
    const failed = await desk.ended(await desk.trigger(plan, one));
    stub.setFaults([]);
    expect(failed).toMatchObject({
      status: 'failed',
      errorType: 'transient',
      error: { code: 'http_500', step_path: 'root' },
      receipt: { complete: false, pages: 1, published: 2 },
    });
    const errors = (await readData(orchid, 'errors', failed.id)).map((each) => each.value);
    expect(errors).toEqual([expect.objectContaining({ status_code: 500, page: 2, response_body: { why: 'broken' } })]);
    expect(errors[0]?.error).toMatchObject({ code: 'http_500', type: 'transient', attempts: 1 });
    expect((await readEvents(orchid, failed.id)).at(-1)).toMatchObject({
      status: 'failed',
      receipt: { complete: false },
    });
    expect((await desk.context(plan, one))?.data).toEqual(context);
    expect(await desk.statistics(plan, one)).toMatchObject({ totalSuccesses: 1, totalFailures: 1 });
  });
});
