import { crm, makeCrm, startApiUnderTest, type ApiUnderTest } from '../../e2e/api-under-test';

describe('/api/v1/integrations', () => {
  let api: ApiUnderTest;
  beforeAll(async () => {
    api = await startApiUnderTest();
  });
  afterAll(() => api.close());

  test('are added, shown, replaced and deleted', async () => {
    const client = api.tenant();
    const added = await client.post('/integrations', { ...crm, description: 'The CRM' });
    expect(added.status).toBe(201);
    expect(added.headers.location).toBe(`/api/v1/integrations/${added.body.id}`);
    expect(added.headers.etag).toBe('"1"');
    expect(added.body).toMatchObject({
      name: 'crm',
      description: 'The CRM',
      config_schema: { name: 'crm', schema: crm.config_schema.schema },
    });
    const shown = await client.get(`/integrations/${added.body.id}`);
    expect(shown.body).toEqual(added.body);
    const replaced = await client.put(`/integrations/${added.body.id}`, { name: 'crm-2' });
    expect(replaced.status).toBe(200);
    expect(replaced.body).toMatchObject({
      name: 'crm-2',
      description: null,
      config_schema: { schema: { type: 'object' } },
    });
    expect(replaced.headers.etag).toBe('"2"');
    expect((await client.delete(`/integrations/${added.body.id}`)).status).toBe(204);
    expect((await client.get(`/integrations/${added.body.id}`)).status).toBe(404);
  });

  test('are listed newest first, page by page', async () => {
    const client = api.tenant();
    for (const name of ['a', 'b', 'c', 'd', 'e']) await client.make('/integrations', { name });
    const names: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const { body } = await client.get(`/integrations?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`);
      names.push(...(body.data as { name: string }[]).map(({ name }) => name));
      cursor = body.next_cursor;
    }
    expect(names).toEqual(['e', 'd', 'c', 'b', 'a']);
  });

  test("another tenant's are not there", async () => {
    const owner = api.tenant();
    const stranger = api.tenant();
    const { id } = await owner.make('/integrations', crm);
    const answers = await Promise.all([
      stranger.get(`/integrations/${id}`),
      stranger.put(`/integrations/${id}`, { name: 'mine' }),
      stranger.delete(`/integrations/${id}?cascade=true`),
      stranger.get('/integrations/0190b1e0-7c00-7000-8000-000000000000'),
      stranger.get('/integrations/not-an-id'),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404]);
    expect((await stranger.get('/integrations')).body.data).toEqual([]);
    expect((await owner.get(`/integrations/${id}`)).body.name).toBe('crm');
    // A name is taken for its own tenant only.
    await stranger.make('/integrations', crm);
  });

  test('a name that is taken is 409', async () => {
    const client = api.tenant();
    await client.make('/integrations', { name: 'twice' });
    const again = await client.post('/integrations', { name: 'twice' });
    expect(again.status).toBe(409);
    expect(again.body).toMatchObject({ code: 'already_exists', title: 'Conflict', noun: 'integration' });
  });

  test('one in use says by what, and goes with all it has by cascade', async () => {
    const client = api.tenant();
    const { integrationId, configId } = await makeCrm(client);
    await client.make('/plans', { key: 'items', integration: 'crm', step: { url: 'https://api.example.com/items' } });
    const refused = await client.delete(`/integrations/${integrationId}`);
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({ code: 'in_use', configs: 1, plans: 1 });
    expect(refused.body.detail).toContain('1 config(s), 1 plan(s)');
    expect((await client.get('/plans/items')).status).toBe(200);
    expect((await client.delete(`/integrations/${integrationId}?cascade=true`)).status).toBe(204);
    expect((await client.get('/plans/items')).status).toBe(404);
    expect((await client.get(`/configs/${configId}`)).status).toBe(404);
  });

  test('If-Match refuses a change to what has changed since', async () => {
    const client = api.tenant();
    const { id } = await client.make('/integrations', { name: 'one' });
    const change = (tag: string) => client.put(`/integrations/${id}`, { name: 'two' }).set('if-match', tag);
    expect((await change('"7"')).status).toBe(412);
    expect((await change('W/"1"')).status).toBe(412);
    expect((await change('1')).status).toBe(400);
    expect((await change('"1"')).status).toBe(200);
    const stale = await change('"1"');
    expect(stale.status).toBe(412);
    expect(stale.body.code).toBe('stale_revision');
    expect((await client.delete(`/integrations/${id}`).set('if-match', '"1"')).status).toBe(412);
    expect((await client.delete(`/integrations/${id}`).set('if-match', '"2"')).status).toBe(204);
    expect((await client.delete(`/integrations/${id}`).set('if-match', '*')).status).toBe(404);
  });

  test('Idempotency-Key answers a repeat as the first time, and refuses another request', async () => {
    const client = api.tenant();
    const add = (name: string) => client.post('/integrations', { name }).set('idempotency-key', 'k-1');
    const [first, second] = await Promise.all([add('once'), add('once')]);
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.body).toEqual(first.body);
    expect(second.headers.etag).toBe('"1"');
    expect((await client.get('/integrations')).body.data).toHaveLength(1);
    const other = await add('other');
    expect(other.status).toBe(422);
    expect(other.body.code).toBe('idempotency_key_reused');
    // Another tenant's key is another key; a failed request is not kept.
    const stranger = api.tenant();
    expect((await stranger.post('/integrations', {}).set('idempotency-key', 'k-1')).status).toBe(422);
    expect((await stranger.post('/integrations', { name: 'fresh' }).set('idempotency-key', 'k-1')).status).toBe(201);
    expect((await client.post('/integrations', { name: 'x' }).set('idempotency-key', 'a b')).status).toBe(400);
  });

  const schema = (value: unknown) => ({ name: 'bad', config_schema: { schema: value } });
  test.each<[string, object, string, string]>([
    ['no name', {}, '$.name', 'required'],
    ['an empty name', { name: '' }, '$.name', 'invalid_value'],
    ['a name of 256 characters', { name: 'x'.repeat(256) }, '$.name', 'invalid_value'],
    ['a number as name', { name: 5 }, '$.name', 'invalid_type'],
    ['an unknown field', { name: 'bad', configSchema: {} }, '$.configSchema', 'unknown_field'],
    ['constructor as a field', { name: 'bad', constructor: 1 }, '$.constructor', 'unknown_field'],
    ['a schema that is a list', schema([]), '$.config_schema.schema', 'invalid_type'],
    ['a schema that is true', schema(true), '$.config_schema.schema', 'invalid_type'],
    ['a schema of texts', schema({ type: 'string' }), '$.config_schema.schema.type', 'invalid_schema'],
    ['an unknown type', schema({ type: 'objekt' }), '$.config_schema.schema.type', 'invalid_value'],
    ['a missing reference', schema({ $ref: '#/$defs/nowhere' }), '$.config_schema.schema', 'invalid_schema'],
    ['a remote reference', schema({ $ref: 'https://example.com/schema' }), '$.config_schema.schema', 'invalid_schema'],
    [
      'another draft',
      schema({ $schema: 'http://json-schema.org/draft-04/schema#' }),
      '$.config_schema.schema',
      'invalid_schema',
    ],
    ['an asynchronous schema', schema({ $async: true }), '$.config_schema.schema', 'invalid_schema'],
    [
      'a pattern with look-around',
      schema({ properties: { a: { type: 'string', pattern: '(?=x)y' } } }),
      '$.config_schema.schema',
      'invalid_schema',
    ],
    [
      'a pattern of a million repeats',
      schema({ properties: { a: { type: 'string', pattern: '(x{1000000})' } } }),
      '$.config_schema.schema',
      'invalid_schema',
    ],
    ['a huge schema', schema({ description: 'x'.repeat(300_000) }), '$.config_schema.schema', 'too_large'],
  ])('%s is 422', async (_what, body, path, code) => {
    const answer = await api.tenant().post('/integrations', body);
    expect(answer.status).toBe(422);
    expect(answer.body.errors).toContainEqual(expect.objectContaining({ path, code }));
  });
});
