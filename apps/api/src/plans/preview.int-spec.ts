import { startStubApi, type StubApi } from '@orchid/testing';
import { crm, startApiUnderTest, type ApiUnderTest, type TenantClient } from '../../e2e/api-under-test';

const SECRET = 'canary-preview-secret';

describe('POST /plans/preview', () => {
  let stub: StubApi;
  let api: ApiUnderTest;
  let tenant: TenantClient;
  let configId: string;

  const plan = (step: object = {}) => ({
    key: 'contacts',
    integration: 'crm',
    step: {
      url: '{config.base_url}/api/contacts',
      headers: { 'X-Secret': '{config.secret}' },
      params: { limit: '2', offset: '{{ vars.offset }}' },
      init: { offset: '0' },
      vars: { offset: 'response.body.next_offset' },
      while: 'response.body.has_more == true',
      ...step,
    },
  });

  beforeAll(async () => {
    stub = await startStubApi({ contacts: 6 });
    api = await startApiUnderTest({ OUTBOUND_ALLOW_PRIVATE: stub.authority });
    tenant = api.tenant();
    const integration = await tenant.make('/integrations', crm);
    const config = await tenant.make('/configs', {
      integration_id: integration.id,
      name: 'main',
      values: { base_url: stub.url, secret: SECRET },
    });
    configId = config.id;
  });
  afterAll(async () => {
    await api.close();
    await stub.close();
  });

  it('runs a document that is not stored, and stores and publishes nothing', async () => {
    const answer = await tenant.post('/plans/preview', { plan: plan(), config_id: configId, max_requests: 2 });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      stopped_by: 'max_requests',
      receipt: { api_calls: 2, complete: false },
      requests: [
        { step_path: 'root', page: 1, status_code: 200, conditions: [{ name: 'while', result: true }] },
        { page: 2, messages: [{ step_path: 'root', page: 2 }] },
      ],
    });
    expect(answer.text).not.toContain(SECRET);
    expect((await tenant.get('/plans')).body.data).toEqual([]);
    expect((await tenant.get('/executions')).body.data).toEqual([]);
  });

  it('runs a stored plan to its end', async () => {
    await tenant.make('/plans', { ...plan(), key: 'stored' });
    const answer = await tenant.post('/plans/preview', { plan_key: 'stored', config_id: configId, max_requests: 50 });
    expect(answer.body).toMatchObject({ stopped_by: 'end', receipt: { pages: 3, complete: true }, error: null });
  });

  it.each<[string, object, number, string]>([
    ['neither plan nor key', {}, 422, 'plan_or_key'],
    ['both', { plan_key: 'stored', plan: plan() }, 422, 'plan_or_key'],
    ['a broken plan, with the path in the request', { plan: plan({ while: 'response.' }) }, 422, '$.plan.step.while'],
    ['an unknown plan', { plan_key: 'unknown' }, 404, 'not_found'],
    ['another config', { plan: plan(), config_id: '0190b1e0-7c00-7000-8000-000000000000' }, 404, 'not_found'],
    ['too many requests', { plan: plan(), max_requests: 1000 }, 422, 'max_requests'],
  ])('refuses %s', async (_what, body, status, text) => {
    const answer = await tenant.post('/plans/preview', { config_id: configId, ...body });
    expect([answer.status, answer.text]).toEqual([status, expect.stringContaining(text)]);
  });

  it('shows a refusal of the outbound guard and a failing API as what they are', async () => {
    const blocked = plan({ url: 'http://169.254.169.254/latest' });
    const guard = await tenant.post('/plans/preview', { plan: blocked, config_id: configId });
    expect(guard.body).toMatchObject({ stopped_by: 'failed', error: { code: 'outbound_blocked' } });
    stub.setFaults([{ path: '/api/*', kind: 'status', status: 404 }]);
    const failing = await tenant.post('/plans/preview', { plan: plan(), config_id: configId });
    expect(failing.body).toMatchObject({ stopped_by: 'failed', error: { code: 'http_404' } });
  });
});
