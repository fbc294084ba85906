import { get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { makeCrm, startApiUnderTest, type ApiUnderTest, type TenantClient } from '../../e2e/api-under-test';

const plan = { key: 'items', integration: 'crm', step: { url: 'https://api.example.com/items' } };
const RECEIPT = { pages: 2, api_calls: 2, records: 20, complete: true };

describe('/api/v1/executions and /statistics', () => {
  let api: ApiUnderTest;
  beforeAll(async () => {
    api = await startApiUnderTest();
  });
  afterAll(() => api.close());

  async function triggered(): Promise<{ client: TenantClient; configId: string; id: string }> {
    const client = api.tenant();
    const { configId } = await makeCrm(client);
    await client.make('/plans', plan);
    const { body } = await client.post('/plans/items/trigger', { config_id: configId });
    return { client, configId, id: body.execution_id as string };
  }

  const claim = async (client: TenantClient, id: string): Promise<number> => {
    const outcome = await api.database.tenant(client.id).run((work) => work.executions.claim(id, 'me'));
    if (outcome.kind !== 'claimed') throw new Error(outcome.kind);
    return outcome.claim.execution.epoch;
  };

  const finish = (client: TenantClient, id: string, epoch: number) =>
    api.database
      .tenant(client.id)
      .run((work) => work.executions.finish(id, epoch, { status: 'success', receipt: RECEIPT }));

  test('are shown and listed by filters', async () => {
    const { client, configId, id } = await triggered();
    const shown = (await client.get(`/executions/${id}`)).body;
    expect(shown).toMatchObject({
      ...{ id, plan_key: 'items', plan_version: 1, config_id: configId, status: 'pending', trigger: 'manual' },
      ...{ error_type: null, error: null, started_at: null, finished_at: null, receipt: null, retry_of: null },
    });
    const count = async (query: string) => (await client.get(`/executions?${query}`)).body.data.length as number;
    expect(await count('plan_key=items&status=pending')).toBe(1);
    expect(await count(`config_id=${configId}`)).toBe(1);
    expect(await count('status=failed')).toBe(0);
    expect(await count('plan_key=none')).toBe(0);
    expect(await count(`since=${encodeURIComponent(shown.created_at as string)}`)).toBe(1);
    expect(await count(`until=${encodeURIComponent(shown.created_at as string)}`)).toBe(0);
    expect(await count('since=2020-01-01&until=2199-01-01')).toBe(1);
  });

  test("another tenant's are not there", async () => {
    const { id } = await triggered();
    const stranger = api.tenant();
    const answers = await Promise.all([
      stranger.get(`/executions/${id}`),
      stranger.post(`/executions/${id}/cancel`),
      stranger.get(`/executions/${id}/events`),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
    expect((await stranger.get('/executions')).body.data).toEqual([]);
  });

  test('one that waits is cancelled at once, one that runs is asked, one that ended is not', async () => {
    const { client, configId, id } = await triggered();
    const waiting = await client.post(`/executions/${id}/cancel`);
    expect([waiting.status, waiting.body.status]).toEqual([202, 'cancelled']);
    expect((await client.post(`/executions/${id}/cancel`)).status).toBe(202);
    const next = (await client.post('/plans/items/trigger', { config_id: configId })).body.execution_id as string;
    const epoch = await claim(client, next);
    expect((await client.post(`/executions/${next}/cancel`)).body.status).toBe('running');
    await finish(client, next, epoch);
    const ended = await client.post(`/executions/${next}/cancel`);
    expect([ended.status, ended.body.code]).toEqual([409, 'already_finished']);
  });

  test('one that is parked is woken to be told', async () => {
    const { client, id } = await triggered();
    const epoch = await claim(client, id);
    const until = new Date(Date.now() + 3_600_000);
    await api.database.tenant(client.id).run((work) => work.executions.park(id, epoch, until, { state: {} }));
    expect((await client.post(`/executions/${id}/cancel`)).status).toBe(202);
    expect(api.woken).toContainEqual({ tenantId: client.id, executionId: id });
  });

  test('events tell progress and last the receipt, then end', async () => {
    const { client, id } = await triggered();
    const text = client.get(`/executions/${id}/events`).then((answer) => answer);
    const epoch = await claim(client, id);
    await finish(client, id, epoch);
    const answer = await text;
    expect(answer.headers['content-type']).toContain('text/event-stream');
    const events = answer.text.split('\n\n').filter((each) => each.startsWith('event:'));
    const last = events.at(-1) ?? '';
    expect(events[0]).toMatch(/^event: progress\ndata: \{/);
    expect(last).toMatch(/^event: receipt\n/);
    expect(JSON.parse(last.split('data: ')[1] ?? '')).toMatchObject({
      execution_id: id,
      status: 'success',
      receipt: RECEIPT,
    });
  });

  test('nothing is read for a client that has gone', async () => {
    const { client, id } = await triggered();
    const { port } = api.app.getHttpServer().address() as AddressInfo;
    const headers = { 'x-tenant-id': client.id, 'x-user-id': 'ada' };
    const request = get({ port, path: `/api/v1/executions/${id}/events`, headers });
    const response = await new Promise<IncomingMessage>((resolve) => request.once('response', resolve));
    await new Promise((resolve) => response.once('data', resolve));
    const logged = new Promise<void>((resolve) => {
      const push = api.log.push.bind(api.log);
      api.log.push = (...lines) => {
        if (lines.some((line) => line.includes('/events'))) resolve();
        return push(...lines);
      };
    });
    request.destroy();
    await logged;
  });

  test('statistics are sums, zero before the first execution', async () => {
    const { client, configId, id } = await triggered();
    const before = await client.get(`/statistics/items/${configId}`);
    expect(before.body).toMatchObject({
      plan_key: 'items',
      config_id: configId,
      total_executions: 0,
      last_success_at: null,
    });
    await finish(client, id, await claim(client, id));
    const after = await client.get(`/statistics/items/${configId}`);
    expect(after.body).toMatchObject({
      total_executions: 1,
      total_successes: 1,
      total_api_calls: 2,
      total_records: 20,
    });
    expect((await client.get('/statistics?plan_key=items')).body).toEqual({ data: [after.body], next_cursor: null });
    expect((await client.get('/statistics')).status).toBe(400);
    expect((await client.get('/statistics/items/0190b1e0-7c00-7000-8000-000000000000')).status).toBe(404);
  });

  test.each([
    'status=done',
    'config_id=x',
    'since=yesterday',
    'since=2026-13-45',
    'until=2026-01-01T00:00',
    'plan_key=',
    'page=2',
  ])('%s is 400', async (query) => {
    const answer = await api.tenant().get(`/executions?${query}`);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({
      code: 'invalid_query',
      errors: [{ path: `query.${query.split('=')[0] ?? ''}` }],
    });
  });
});
