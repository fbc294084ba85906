import { crm, makeCrm, SECRET, startApiUnderTest, type ApiUnderTest } from '../../e2e/api-under-test';

const MASK = '********';

describe('/api/v1/configs', () => {
  let api: ApiUnderTest;
  beforeAll(async () => {
    api = await startApiUnderTest();
  });
  afterAll(() => api.close());

  const decrypted = (tenantId: string, id: string) =>
    api.database.tenant(tenantId).run(async (work) => (await work.configs.decrypted(id)).values);

  test('have defaults filled in and secrets masked in every answer', async () => {
    const client = api.tenant();
    const { integrationId, configId } = await makeCrm(client);
    const shown = await client.get(`/configs/${configId}`);
    expect(shown.body).toMatchObject({
      integration_id: integrationId,
      name: 'production',
      enabled: true,
      values: { base_url: 'https://api.example.com', secret: MASK, page_size: 100 },
    });
    const listed = await client.get(`/configs?integration_id=${integrationId}`);
    expect(listed.body).toEqual({ data: [shown.body], next_cursor: null });
    expect(await decrypted(client.id, configId)).toMatchObject({ secret: SECRET, page_size: 100 });
    expect(JSON.stringify([shown.text, listed.text, api.log])).not.toContain(SECRET);
  });

  test('the mask keeps a stored secret, even where the schema would refuse it as a value', async () => {
    const client = api.tenant();
    const { configId } = await makeCrm(client);
    const values = { base_url: 'https://two.example.com', secret: MASK, page_size: 5 };
    const kept = await client.put(`/configs/${configId}`, { name: 'two', values });
    expect(kept.status).toBe(200);
    expect(kept.body).toMatchObject({ name: 'two', enabled: true, values });
    expect(await decrypted(client.id, configId)).toEqual({ ...values, secret: SECRET });
    const changed = await client.put(`/configs/${configId}`, {
      name: 'two',
      values: { ...values, secret: 'another-secret' },
    });
    expect(changed.body.values.secret).toBe(MASK);
    expect(await decrypted(client.id, configId)).toMatchObject({ secret: 'another-secret' });
  });

  test('what becomes a secret later is masked at once', async () => {
    const client = api.tenant();
    const { id } = await client.make('/integrations', { name: 'plain' });
    const config = await client.make('/configs', {
      integration_id: id,
      name: 'a',
      values: { key: SECRET, other: MASK },
    });
    expect(config.values).toEqual({ key: SECRET, other: MASK });
    const schema = { type: 'object', properties: { key: { type: 'string', writeOnly: true } } };
    await client.put(`/integrations/${id}`, { name: 'plain', config_schema: { schema } });
    const shown = await client.get(`/configs/${config.id}`);
    expect(shown.body.values).toEqual({ key: MASK, other: MASK });
    const saved = await client.put(`/configs/${config.id}`, { name: 'a', values: shown.body.values });
    expect(saved.status).toBe(200);
    expect(await decrypted(client.id, config.id)).toEqual({ key: SECRET, other: MASK });
  });

  test('are enabled and disabled; what waits for a disabled one is cancelled', async () => {
    const client = api.tenant();
    const { configId } = await makeCrm(client);
    await client.make('/plans', { key: 'items', integration: 'crm', step: { url: 'https://api.example.com/items' } });
    const { body } = await client.post('/plans/items/trigger', { config_id: configId });
    const disabled = await client.post(`/configs/${configId}/disable`);
    expect([disabled.status, disabled.body.enabled]).toEqual([200, false]);
    expect((await client.get(`/executions/${body.execution_id}`)).body.status).toBe('cancelled');
    const refused = await client.post('/plans/items/trigger', { config_id: configId });
    expect([refused.status, refused.body.code]).toEqual([409, 'config_disabled']);
    const stale = await client.post(`/configs/${configId}/enable`).set('if-match', '"1"');
    expect(stale.status).toBe(412);
    expect((await client.post(`/configs/${configId}/enable`)).body.enabled).toBe(true);
    expect(
      (
        await client.put(`/configs/${configId}`, {
          name: 'x',
          enabled: false,
          values: { base_url: 'https://x.example.com', secret: MASK },
        })
      ).body.enabled,
    ).toBe(false);
  });

  test('filters by enabled', async () => {
    const client = api.tenant();
    const { integrationId, configId } = await makeCrm(client);
    await client.post(`/configs/${configId}/disable`);
    const count = async (enabled: boolean) =>
      (await client.get(`/configs?integration_id=${integrationId}&enabled=${enabled}`)).body.data.length as number;
    expect([await count(true), await count(false)]).toEqual([0, 1]);
  });

  test("another tenant's are not there", async () => {
    const owner = api.tenant();
    const stranger = api.tenant();
    const { integrationId, configId } = await makeCrm(owner);
    const answers = await Promise.all([
      stranger.get(`/configs/${configId}`),
      stranger.put(`/configs/${configId}`, { name: 'mine' }),
      stranger.delete(`/configs/${configId}`),
      stranger.post(`/configs/${configId}/enable`),
      stranger.post(`/configs/${configId}/disable`),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404]);
    expect((await stranger.get(`/configs?integration_id=${integrationId}`)).body.data).toEqual([]);
    const added = await stranger.post('/configs', { integration_id: integrationId, name: 'mine' });
    expect(added.status).toBe(422);
    expect(added.body.errors[0]).toMatchObject({ path: '$.integration_id', code: 'unknown_integration' });
    expect((await owner.get(`/configs/${configId}`)).body.enabled).toBe(true);
  });

  test('a deleted one is gone, a name that is taken is 409', async () => {
    const client = api.tenant();
    const { integrationId, configId } = await makeCrm(client);
    const body = {
      integration_id: integrationId,
      name: 'production',
      values: { base_url: 'https://x.example.com', secret: SECRET },
    };
    expect((await client.post('/configs', body)).status).toBe(409);
    expect((await client.delete(`/configs/${configId}`)).status).toBe(204);
    expect((await client.get(`/configs/${configId}`)).status).toBe(404);
    expect((await client.post('/configs', body)).status).toBe(201);
  });

  test.each<[string, object, string, string]>([
    ['a missing value', { base_url: 'https://x.example.com' }, '$.values.secret', 'required'],
    [
      'a mask without a stored secret',
      { base_url: 'https://x.example.com', secret: MASK },
      '$.values.secret',
      'required',
    ],
    ['a value of another type', { base_url: 5, secret: SECRET }, '$.values.base_url', 'invalid_type'],
    ['a value in another format', { base_url: 'not a url', secret: SECRET }, '$.values.base_url', 'invalid_format'],
    [
      'a fraction for an integer',
      { base_url: 'https://x.example.com', secret: SECRET, page_size: 1.5 },
      '$.values.page_size',
      'invalid_type',
    ],
    [
      'a number out of range',
      { base_url: 'https://x.example.com', secret: SECRET, page_size: 0 },
      '$.values.page_size',
      'invalid_value',
    ],
    [
      'an unknown value',
      { base_url: 'https://x.example.com', secret: SECRET, bas_url: 1 },
      '$.values.bas_url',
      'unknown_field',
    ],
    [
      'constructor as a value',
      { base_url: 'https://x.example.com', secret: SECRET, constructor: 1 },
      '$.values.constructor',
      'unknown_field',
    ],
  ])('%s is 422 and says nothing of secrets', async (_what, values, path, code) => {
    const client = api.tenant();
    const { id } = await client.make('/integrations', crm);
    const answer = await client.post('/configs', { integration_id: id, name: 'bad', values });
    expect(answer.status).toBe(422);
    expect(answer.body.errors).toContainEqual(expect.objectContaining({ path, code }));
    expect(answer.text).not.toContain(SECRET);
  });

  test('a schema that describes exponential work is broken off', async () => {
    const client = api.tenant();
    const node = (levels: number): object =>
      levels === 0
        ? { type: 'string' }
        : { anyOf: [{ $ref: `#/$defs/n${levels - 1}` }, { $ref: `#/$defs/n${levels - 1}` }] };
    const $defs = Object.fromEntries(Array.from({ length: 40 }, (_, level) => [`n${level}`, node(level)]));
    const schema = { type: 'object', properties: { a: { $ref: '#/$defs/n39' } }, $defs };
    const integration = await client.make('/integrations', { name: 'bomb', config_schema: { schema } });
    const began = performance.now();
    const answer = await client.post('/configs', { integration_id: integration.id, name: 'b', values: { a: 5 } });
    expect(answer.status).toBe(422);
    expect(answer.body.errors[0].code).toBe('schema_too_complex');
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  test('an integration cannot be changed', async () => {
    const client = api.tenant();
    const { configId } = await makeCrm(client);
    const { id } = await client.make('/integrations', { name: 'other' });
    const answer = await client.put(`/configs/${configId}`, { integration_id: id, name: 'production' });
    expect([answer.status, answer.body.errors[0].code]).toEqual([422, 'immutable']);
  });
});
