import { planExamples } from './plan-examples';
import { makeCrm, startApiUnderTest, type ApiUnderTest, type TenantClient } from '../../e2e/api-under-test';

const URL = 'https://api.example.com/items';
const items = { key: 'items', integration: 'crm', step: { url: URL } };

describe('/api/v1/plans', () => {
  let api: ApiUnderTest;
  beforeAll(async () => {
    api = await startApiUnderTest();
  });
  afterAll(() => api.close());

  async function withCrm(): Promise<{ client: TenantClient; integrationId: string; configId: string }> {
    const client = api.tenant();
    return { client, ...(await makeCrm(client)) };
  }

  const dueAt = async (client: TenantClient, key: string, configId: string): Promise<Date | null> =>
    api.database.tenant(client.id).run(async (work) => {
      const plan = await work.plans.get(key);
      return (await work.schedules.find(plan.id, configId))?.nextDueAt ?? null;
    });

  test('are added, shown, listed, replaced and deleted', async () => {
    const { client, integrationId } = await withCrm();
    const added = await client.post('/plans', {
      step: { set_context: { n: '`1`' }, url: URL },
      wait: 60,
      integration: 'crm',
      key: 'items',
    });
    expect(added.status).toBe(201);
    expect(added.headers).toMatchObject({ etag: '"1"', location: '/api/v1/plans/items' });
    expect(added.body).toMatchObject({
      key: 'items',
      integration: 'crm',
      integration_id: integrationId,
      wait_seconds: 60,
      step: { url: URL, context_updates: { n: '`1`' } },
      enabled: false,
      version: 1,
    });
    expect((await client.get('/plans/items')).body).toEqual(added.body);
    expect((await client.get('/plans')).body).toEqual({ data: [added.body], next_cursor: null });
    expect((await client.get(`/plans?integration_id=${integrationId}&enabled=true`)).body.data).toEqual([]);
    // It can be sent back as it was answered.
    const same = await client.put('/plans/items', added.body);
    expect([same.status, same.body.version]).toEqual([200, 1]);
    const replaced = await client.put('/plans/items', { ...items, name: 'Items' });
    expect(replaced.body).toMatchObject({ name: 'Items', version: 2, enabled: false });
    expect(replaced.body.wait_seconds).toBeUndefined();
    expect((await client.delete('/plans/items').set('if-match', '"1"')).status).toBe(412);
    expect((await client.delete('/plans/items')).status).toBe(204);
    expect((await client.get('/plans/items')).status).toBe(404);
    expect((await client.post('/plans', items)).status).toBe(201);
  });

  test('show the name that their integration has today', async () => {
    const { client, integrationId } = await withCrm();
    await client.make('/plans', { ...items, integration: undefined, integration_id: integrationId });
    await client.put(`/integrations/${integrationId}`, { name: 'crm-renamed' });
    expect((await client.get('/plans/items')).body.integration).toBe('crm-renamed');
    expect((await client.get('/plans')).body.data[0].integration).toBe('crm-renamed');
    const renamed = await client.put('/plans/items', { ...items, integration: 'crm-renamed' });
    expect(renamed.status).toBe(200);
    expect((await client.post('/plans/items/rollback', { version: 1 })).body.integration).toBe('crm-renamed');
  });

  test('enabling makes a plan due at once, disabling stops it; neither makes a version', async () => {
    const { client, configId } = await withCrm();
    await client.make('/plans', { ...items, wait_seconds: 60 });
    expect(await dueAt(client, 'items', configId)).toBeNull();
    const enabled = await client.patch('/plans/items/enabled', { enabled: true });
    expect([enabled.status, enabled.body.enabled, enabled.body.version]).toEqual([200, true, 1]);
    expect(await dueAt(client, 'items', configId)).toBeInstanceOf(Date);
    // A replaced document that does not say it leaves it enabled.
    expect((await client.put('/plans/items', { ...items, wait_seconds: 90 })).body).toMatchObject({
      enabled: true,
      version: 2,
    });
    expect((await client.put('/plans/items', { ...items, wait_seconds: 90, enabled: false })).body).toMatchObject({
      enabled: false,
      version: 2,
    });
    expect(await dueAt(client, 'items', configId)).toBeNull();
    expect((await client.patch('/plans/items/enabled', { enabled: 'yes' })).status).toBe(422);
    expect((await client.patch('/plans/items/enabled', { enabled: true }).set('if-match', '"1"')).status).toBe(412);
  });

  test('keep every version, and return to one by a new one', async () => {
    const { client } = await withCrm();
    await client.make('/plans', items);
    for (const name of ['two', 'three']) await client.put('/plans/items', { ...items, name });
    const first = await client.get('/plans/items/versions?limit=2');
    expect(first.body.data).toMatchObject([{ version: 3 }, { version: 2 }]);
    expect(first.body.data[0]).toMatchObject({ key: 'items', name: 'three', created_by: 'ada' });
    const second = await client.get(`/plans/items/versions?limit=2&cursor=${first.body.next_cursor}`);
    expect(second.body).toMatchObject({ data: [{ version: 1 }], next_cursor: null });
    const back = await client.post('/plans/items/rollback', { version: 2 });
    expect([back.status, back.body.version, back.body.name]).toEqual([200, 4, 'two']);
    expect((await client.get('/plans/items/versions/3')).body.name).toBe('three');
    const bad = await Promise.all([
      client.get('/plans/items/versions/9'),
      client.get('/plans/items/versions/0'),
      client.get('/plans/items/versions/1e0'),
      client.post('/plans/items/rollback', { version: 9 }),
      client.post('/plans/items/rollback', { version: 1.5 }),
      client.get(`/plans/items/versions?cursor=${Buffer.from('v0').toString('base64url')}`),
    ]);
    expect(bad.map(({ status }) => status)).toEqual([404, 404, 404, 404, 422, 400]);
  });

  test("another tenant's are not there", async () => {
    const { client: owner, configId } = await withCrm();
    const stranger = api.tenant();
    await owner.make('/plans', items);
    const answers = await Promise.all([
      stranger.get('/plans/items'),
      stranger.put('/plans/items', items),
      stranger.delete('/plans/items'),
      stranger.patch('/plans/items/enabled', { enabled: true }),
      stranger.get('/plans/items/versions'),
      stranger.get('/plans/items/versions/1'),
      stranger.post('/plans/items/rollback', { version: 1 }),
      stranger.post('/plans/items/trigger', { config_id: configId }),
      stranger.get('/statistics?plan_key=items'),
      stranger.get(`/statistics/items/${configId}`),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(404));
    const added = await stranger.post('/plans', items);
    expect([added.status, added.body.errors[0]]).toMatchObject([
      422,
      { path: '$.integration', code: 'unknown_integration' },
    ]);
    expect((await stranger.get('/plans')).body.data).toEqual([]);
  });

  test('the key is for good, and so is the integration', async () => {
    const { client } = await withCrm();
    await client.make('/integrations', { name: 'other' });
    await client.make('/plans', items);
    const renamed = await client.put('/plans/items', { ...items, key: 'things' });
    expect([renamed.status, renamed.body.errors[0].path]).toEqual([422, '$.key']);
    const moved = await client.put('/plans/items', { ...items, integration: 'other' });
    expect([moved.status, moved.body.errors[0].code]).toEqual([422, 'immutable']);
    expect((await client.post('/plans', items)).status).toBe(409);
  });

  test('what a plan needs is checked when it is saved, and said with a hint', async () => {
    const { client, integrationId } = await withCrm();
    const auth = { ...items, step: { url: URL, headers: { 'X-Key': '{auth.token}' } } };
    const named = { ...auth, step: { ...auth.step, auth_flow: 'nobody' } };
    const fault = async (plan: object): Promise<unknown> => (await client.post('/plans', plan)).body.errors?.[0];
    expect(await fault(auth)).toMatchObject({
      code: 'auth_flow_missing',
      hint: expect.stringContaining('/api/v1/auth-flows'),
    });
    expect(await fault(named)).toMatchObject({ code: 'unknown_auth_flow', path: '$.step.auth_flow' });
    const flow = (name: string) => ({ integration_id: integrationId, name, type: 'bearer', token: '{config.secret}' });
    await client.make('/auth-flows', flow('a'));
    expect(await fault(auth)).toBeUndefined();
    await client.make('/auth-flows', flow('b'));
    expect(await fault({ ...auth, key: 'second' })).toMatchObject({
      code: 'auth_flow_ambiguous',
      hint: expect.stringMatching(/a, b|b, a/),
    });
    expect(await fault({ ...named, key: 'third', step: { ...named.step, auth_flow: 'b' } })).toBeUndefined();
  });

  test('two plans may share a bucket, but not with different numbers', async () => {
    const { client } = await withCrm();
    const limited = (key: string, requests: number) => ({
      ...items,
      key,
      rate_limits: [{ name: 'shared', requests, window_secs: 60 }],
    });
    await client.make('/plans', limited('one', 100));
    await client.make('/plans', limited('two', 100));
    const answer = await client.post('/plans', limited('three', 50));
    expect(answer.status).toBe(422);
    expect(answer.body.errors[0]).toMatchObject({ path: '$.rate_limits[0]', code: 'conflicting_limits' });
    expect(answer.body.errors[0].message).toContain('requests');
  });

  test('validate answers what is wrong and how every expression was understood, and stores nothing', async () => {
    const client = api.tenant();
    const good = await client.post('/plans/validate', {
      ...items,
      step: { url: URL, while: 'response.body.more == true' },
    });
    expect(good.status).toBe(200);
    expect(good.body).toMatchObject({ valid: true, errors: [] });
    expect(good.body.canonical).toContainEqual(
      expect.objectContaining({ path: '$.step.while', canonical: expect.stringContaining('`true`') }),
    );
    expect(good.body.warnings).toContainEqual(expect.objectContaining({ code: 'unknown_integration' }));
    const bad = await client.post('/plans/validate', {
      key: 'A',
      integration: 'crm',
      step: { url: URL, while: 'nobody.x', stepp: 1 },
    });
    expect(bad.body).toMatchObject({ valid: false, canonical: [] });
    expect(bad.body.errors.length).toBeGreaterThanOrEqual(3);
    const twice = await client.post('/plans/validate', '{"key":"a","key":"b"}');
    expect([twice.status, twice.body.valid, twice.body.errors[0].code]).toEqual([200, false, 'duplicate_key']);
    expect((await client.post('/plans/validate', '{"key":')).status).toBe(400);
    expect((await client.get('/plans')).body.data).toEqual([]);
  });

  test('the examples of the documentation are valid', async () => {
    for (const { value } of Object.values(planExamples)) {
      const { body } = await api.tenant().post('/plans/validate', value);
      expect(body).toMatchObject({ valid: true, errors: [] });
    }
  });

  describe('trigger', () => {
    test('makes a pending execution and enqueues it, also for a disabled plan', async () => {
      const { client, configId } = await withCrm();
      await client.make('/plans', items);
      const answer = await client.post('/plans/items/trigger', { config_id: configId, context_override: { since: 5 } });
      expect([answer.status, answer.body.status]).toEqual([202, 'queued']);
      const { execution_id: executionId } = answer.body;
      expect(api.queued).toContainEqual({ tenantId: client.id, executionId });
      expect((await client.get(`/executions/${executionId}`)).body).toMatchObject({
        status: 'pending',
        trigger: 'manual',
        plan_version: 1,
      });
      const again = await client.post('/plans/items/trigger', { config_id: configId });
      expect([again.status, again.body.code, again.body.execution_id]).toEqual([409, 'already_queued', executionId]);
    });

    test('one more waits behind the one that runs', async () => {
      const { client, configId } = await withCrm();
      await client.make('/plans', items);
      const trigger = () => client.post('/plans/items/trigger', { config_id: configId });
      const first = (await trigger()).body.execution_id as string;
      const claimed = await api.database.tenant(client.id).run((work) => work.executions.claim(first, 'me'));
      expect(claimed.kind).toBe('claimed');
      const second = await trigger();
      expect(second.status).toBe(202);
      expect((await trigger()).body.execution_id).toBe(second.body.execution_id);
    });

    test.each(['fails', 'hangs'] as const)('is 202 although the queue %s: PostgreSQL has it', async (mode) => {
      const { client, configId } = await withCrm();
      await client.make('/plans', items);
      api.queueMode = mode;
      const answer = await client.post('/plans/items/trigger', { config_id: configId });
      api.queueMode = 'works';
      expect(answer.status).toBe(202);
      expect(
        api.log.some((line) => line.includes('not enqueued') && line.includes(answer.body.execution_id as string)),
      ).toBe(true);
    });

    test('a repeat with the same Idempotency-Key triggers once', async () => {
      const { client, configId } = await withCrm();
      await client.make('/plans', items);
      const trigger = () => client.post('/plans/items/trigger', { config_id: configId }).set('idempotency-key', 'once');
      const [first, second] = [await trigger(), await trigger()];
      expect([first.status, second.status, second.body]).toEqual([202, 202, first.body]);
      expect(second.headers['idempotency-replayed']).toBe('true');
      expect(api.queued.filter(({ executionId }) => executionId === first.body.execution_id)).toHaveLength(1);
    });

    test('needs a config of the integration', async () => {
      const { client } = await withCrm();
      const other = await makeCrm(client, 'other');
      await client.make('/plans', items);
      const trigger = (body: object) => client.post('/plans/items/trigger', body);
      expect((await trigger({ config_id: other.configId })).status).toBe(404);
      expect((await trigger({ config_id: 'x' })).status).toBe(422);
      expect((await trigger({})).status).toBe(422);
      expect((await trigger({ config_id: other.configId, context_override: [] })).status).toBe(422);
      expect((await client.post('/plans/items/trigger')).status).toBe(400);
    });
  });
});
