import { readData, startOrchid, startStubApi, until, type ApiClient, type Orchid, type StubApi } from '@orchid/testing';

interface Shown {
  readonly id: string;
  readonly status: string;
  readonly progress: { readonly pages: number } | null;
  readonly receipt: object | null;
}

const OPEN = ['pending', 'running', 'parked'];
const step = {
  url: '{config.base_url}/api/contacts',
  params: { page: '{{ context.loop_count }}' },
  while: 'context.loop_count < `3`',
  retry: { max_retries: 0 },
};

describe('plans run through the API', () => {
  let stub: StubApi;
  let orchid: Orchid;
  let api: ApiClient;
  let configId: string;

  beforeAll(async () => {
    stub = await startStubApi({ contacts: 60, latencyMs: 30 });
    orchid = await startOrchid({ allow: [stub.authority] });
    api = orchid.client();
    const schema = { type: 'object', properties: { base_url: { type: 'string' } } };
    const { id } = await api.make<{ id: string }>('/integrations', {
      name: 'crm',
      config_schema: { name: 'crm', schema },
    });
    const config = { integration_id: id, name: 'only', values: { base_url: stub.url } };
    configId = (await api.make<{ id: string }>('/configs', config)).id;
  }, 60_000);

  afterAll(async () => {
    await orchid.stop();
    await stub.close();
  });

  const get = async (id: string) => (await api.get<Shown>(`/executions/${id}`)).body;
  const ended = (id: string) =>
    until(`the end of ${id}`, async () => {
      const shown = await get(id);
      return !OPEN.includes(shown.status) && shown;
    });
  const ofPlan = async (key: string) => (await api.get<{ data: Shown[] }>(`/executions?plan_key=${key}`)).body.data;

  async function trigger(key: string): Promise<string> {
    const answer = await api.post<{ execution_id: string }>(`/plans/${key}/trigger`, { config_id: configId });
    expect(answer).toMatchObject({ status: 202, body: { status: 'queued' } });
    return answer.body.execution_id;
  }

  it('triggers a plan by hand: it exists at once, and succeeds', async () => {
    await api.make('/plans', { key: 'by-hand', integration: 'crm', step });
    const id = await trigger('by-hand');
    expect(OPEN).toContain((await get(id)).status);
    expect(await ended(id)).toMatchObject({
      status: 'success',
      trigger: 'manual',
      receipt: { pages: 3, complete: true },
    });
    expect(await readData(orchid, 'responses', id)).toHaveLength(3);
  });

  it('lets one more wait and refuses a third; cancels both', async () => {
    await api.make('/plans', { key: 'endless', integration: 'crm', step: { ...step, while: '`true`' } });
    const running = await trigger('endless');
    await until('some pages', async () => ((await get(running)).progress?.pages ?? 0) > 2);
    const waiting = await trigger('endless');
    const third = await api.post('/plans/endless/trigger', { config_id: configId });
    expect(third).toMatchObject({ status: 409, body: { code: 'already_queued' } });
    expect(JSON.stringify(third.body)).toContain(waiting);
    for (const id of [waiting, running]) expect((await api.post(`/executions/${id}/cancel`)).status).toBe(202);
    expect(await ended(running)).toMatchObject({ status: 'cancelled', receipt: { complete: false } });
    expect(await ended(waiting)).toMatchObject({ status: 'cancelled' });
  });

  it('stops a schedule at once when the plan is disabled', async () => {
    const plan = { integration: 'crm', enabled: true, wait_seconds: 1, step: { url: step.url } };
    await api.make('/plans', { ...plan, key: 'stopped' });
    await api.make('/plans', { ...plan, key: 'going' });
    await until('a first execution', async () => (await ofPlan('stopped'))[0]?.status === 'success');
    expect(await api.patch('/plans/stopped/enabled', { enabled: false })).toMatchObject({ status: 200 });
    const [before, meanwhile] = [(await ofPlan('stopped')).length, (await ofPlan('going')).length];
    await until('the other plan to go on', async () => (await ofPlan('going')).length >= meanwhile + 2);
    expect(await ofPlan('stopped')).toHaveLength(before);
    await api.patch('/plans/going/enabled', { enabled: false });
  });

  it('tells of an API that fails: execution, error message and statistics', async () => {
    await api.make('/plans', { key: 'failing', integration: 'crm', step });
    stub.setFaults([{ kind: 'status', status: 404, path: '/api/contacts', after: 2 }]);
    const id = await trigger('failing');
    expect(await ended(id)).toMatchObject({
      status: 'failed',
      error_type: 'permanent',
      error: { code: 'http_404', step_path: 'root' },
      receipt: { pages: 2, complete: false },
    });
    stub.setFaults([]);
    const errors = (await readData(orchid, 'errors', id)).map((each) => each.value);
    expect(errors).toEqual([expect.objectContaining({ page: 3, status_code: 404 })]);
    expect(errors[0]?.error).toMatchObject({ code: 'http_404', type: 'permanent' });
    const statistics = await api.get(`/statistics/failing/${configId}`);
    expect(statistics.body).toMatchObject({ total_failures: 1, total_successes: 0, last_success_at: null });
  });

  it("does not show one tenant another's executions", async () => {
    const [mine] = await ofPlan('by-hand');
    const other = orchid.client();
    expect((await other.get(`/executions/${mine?.id ?? ''}`)).status).toBe(404);
    expect((await other.get('/executions')).body).toMatchObject({ data: [] });
  });
});
