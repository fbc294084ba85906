import {
  contactId,
  dumpRedis,
  readAll,
  readData,
  startOrchid,
  startStubApi,
  until,
  type ApiClient,
  type Orchid,
  type ReadData,
  type StubApi,
} from '@orchid/testing';

const CONTACTS = 5_000;
const PAGES = 50;
const PER_PAGE = CONTACTS / PAGES;
const SECRET = 'canary-6f1d0c8a2b';

const FLOW = {
  name: 'login',
  type: 'oauth2_client_credentials',
  token_url: '{config.base_url}/oauth/token',
  client_id: '{config.client_id}',
  client_secret: '{config.client_secret}',
} as const;

const planOf = (integration: string) => ({
  key: 'all-contacts',
  integration,
  enabled: true,
  wait_seconds: 3_600,
  step: {
    url: '{config.base_url}/api/contacts',
    headers: { Authorization: 'Bearer {auth.token}' },
    params: { limit: String(PER_PAGE), offset: '{vars.offset || `0`}' },
    vars: { offset: 'response.body.next_offset' },
    while: 'response.body.has_more == true',
    context_updates: { total: 'response.body.total' },
    sub_steps: [
      {
        id: 'details',
        iterate_over: 'response.body.contacts',
        url: '{config.base_url}/api/contacts/{item.id}/details',
        headers: { Authorization: 'Bearer {auth.token}' },
      },
    ],
  },
});

const INTEGRATION = {
  name: 'crm',
  config_schema: {
    name: 'crm',
    schema: {
      type: 'object',
      required: ['base_url', 'client_secret'],
      properties: {
        base_url: { type: 'string' },
        client_id: { type: 'string', default: 'me' },
        client_secret: { type: 'string', 'x-secret': true },
      },
    },
  },
};

interface ShownExecution {
  readonly id: string;
  readonly status: string;
  readonly trigger: string;
  readonly receipt: { readonly bytes: number } | null;
}

describe('5,000 contacts in 50 pages, each with its details, behind a login', () => {
  let stub: StubApi;
  let orchid: Orchid;
  let api: ApiClient;
  let configId: string;
  let execution: ShownExecution;
  let messages: ReadData[];

  beforeAll(async () => {
    stub = await startStubApi({ contacts: CONTACTS, requireToken: true, clientId: 'me', clientSecret: SECRET });
    orchid = await startOrchid({ allow: [stub.authority], eventsAmongResponses: true, env: { LOG_LEVEL: 'trace' } });
    api = orchid.client();
    const { id } = await api.make<{ id: string }>('/integrations', INTEGRATION);
    await api.make('/auth-flows', { integration_id: id, ...FLOW });
    const values = { base_url: stub.url, client_secret: SECRET };
    const config = await api.make<{ id: string; values: object }>('/configs', {
      integration_id: id,
      name: 'only',
      values,
    });
    configId = config.id;
    expect(config.values).toEqual({ base_url: stub.url, client_id: 'me', client_secret: '********' });
    await api.make('/plans', planOf('crm'));
    execution = await until(
      'the scheduler and the worker',
      async () => {
        const { body } = await api.get<{ data: ShownExecution[] }>('/executions?plan_key=all-contacts');
        return body.data.find((each) => !['pending', 'running', 'parked'].includes(each.status));
      },
      60_000,
    );
    messages = await readData(orchid, 'responses', execution.id);
  }, 120_000);

  afterAll(async () => {
    expect(await orchid.stop()).toEqual([0, 0, 0]);
    await stub.close();
  });

  const of = (path: string) => messages.filter(({ value }) => value.step_path === path);
  const numbers = (of: readonly ReadData[]) =>
    of.flatMap(({ value }) => [value.response_body].flat()).map((each) => (each as { number: number }).number);
  const everyContact = Array.from({ length: CONTACTS }, (_, index) => index + 1);

  it('publishes every contact exactly once, in order, enriched with its details', () => {
    expect(execution).toMatchObject({ status: 'success', trigger: 'schedule', error: null });
    const roots = of('root');
    expect(numbers(roots)).toEqual(everyContact);
    for (const { value } of roots) {
      const [contact] = value.response_body as [{ id: string; number: number; details: { id: string } }];
      expect(contact.details.id).toBe(contactId(contact.number));
      expect(value).toMatchObject({
        page: Math.ceil(contact.number / PER_PAGE),
        item_index: (contact.number - 1) % PER_PAGE,
        tenant_id: api.tenantId,
        config_id: configId,
      });
    }
  });

  it('publishes the details too, and no message twice', () => {
    expect(numbers(of('root.details')).sort((a, b) => a - b)).toEqual(everyContact);
    const ids = new Set(messages.map(({ value }) => value.message_id));
    expect(ids.size).toBe(2 * CONTACTS);
    expect(messages).toHaveLength(2 * CONTACTS);
    expect(messages.every(({ record, value }) => record.headers.message_id === value.message_id)).toBe(true);
    expect(new Set(messages.map(({ record }) => `${record.partition} ${record.key}`)).size).toBe(1);
  });

  it('says what it did: receipt, ledger and statistics agree', async () => {
    const { byRoute } = stub.stats();
    expect(byRoute).toEqual({
      'POST /oauth/token': 1,
      'GET /api/contacts': PAGES,
      'GET /api/contacts/:id/details': CONTACTS,
    });
    expect(execution.receipt).toMatchObject({
      pages: PAGES,
      api_calls: PAGES + CONTACTS,
      records: CONTACTS,
      items_total: CONTACTS,
      items_failed: 0,
      items_ignored: 0,
      published: messages.length,
      complete: true,
      loops: expect.arrayContaining([{ step_path: 'root', pages: PAGES, stop_reason: 'while_false' }]),
    });
    const statistics = {
      plan_key: 'all-contacts',
      config_id: configId,
      total_executions: 1,
      total_successes: 1,
      total_failures: 0,
      total_api_calls: PAGES + CONTACTS,
      total_records: CONTACTS,
      total_bytes: execution.receipt?.bytes,
    };
    expect((await api.get(`/statistics/all-contacts/${configId}`)).body).toMatchObject(statistics);
    expect((await api.get('/statistics?plan_key=all-contacts')).body).toMatchObject({ data: [statistics] });
    expect((await api.get(`/executions/${execution.id}`)).body).toMatchObject(execution);
  });

  it('announces its start before everything else and its end, with the receipt, after everything', async () => {
    const records = await readAll(orchid, 'responses');
    expect(new Set(records.map((each) => `${each.partition} ${each.key}`)).size).toBe(1);
    expect(records).toHaveLength(messages.length + 2);
    const [first, last] = [records[0], records.at(-1)].map((each) => JSON.parse(each?.value ?? '') as unknown);
    const facts = { plan_key: 'all-contacts', execution_id: execution.id, tenant_id: api.tenantId };
    expect(first).toMatchObject({ ...facts, type: 'execution.started', status: 'running' });
    expect(last).toMatchObject({
      ...facts,
      type: 'execution.completed',
      status: 'success',
      receipt: execution.receipt,
    });
    expect(await readAll(orchid, 'errors')).toEqual([]);
  });

  it('shows no secret and no token: not in messages, logs, Redis or answers of the API', async () => {
    const token = stub.ledger.find((each) => each.token !== null)?.token ?? '';
    expect(token).toMatch(/^tok-/);
    const redis = await dumpRedis(orchid.redis, orchid.keyPrefix);
    expect(redis.length).toBeGreaterThan(0);
    const records = await readAll(orchid, 'responses');
    expect(records.length).toBeGreaterThan(2 * CONTACTS);
    const everything = [
      ...redis,
      ...orchid.log,
      ...orchid.answers,
      ...records.map((each) => JSON.stringify(each)),
    ].join('\n');
    for (const secret of [SECRET, token]) {
      expect(everything).not.toContain(secret);
      expect(everything).not.toContain(Buffer.from(secret).toString('base64').slice(0, -4));
    }
  });
});
