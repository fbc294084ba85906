import { makeCrm, startApiUnderTest, type ApiUnderTest } from '../../e2e/api-under-test';

const bearer = (name: string) => ({ name, type: 'bearer', token: '{config.secret}' });

describe('/api/v1/auth-flows', () => {
  let api: ApiUnderTest;
  beforeAll(async () => {
    api = await startApiUnderTest();
  });
  afterAll(() => api.close());

  test('are added, shown, listed, replaced and deleted', async () => {
    const client = api.tenant();
    const { integrationId } = await makeCrm(client);
    const added = await client.post('/auth-flows', { integration_id: integrationId, ...bearer('main') });
    expect(added.status).toBe(201);
    expect(added.headers).toMatchObject({ etag: '"1"', location: `/api/v1/auth-flows/${added.body.id}` });
    expect(added.body).toMatchObject({ integration_id: integrationId, ...bearer('main') });
    expect((await client.get(`/auth-flows/${added.body.id}`)).body).toEqual(added.body);
    expect((await client.get(`/auth-flows?integration_id=${integrationId}`)).body).toEqual({
      data: [added.body],
      next_cursor: null,
    });
    // It can be sent back as it was answered.
    const replaced = await client.put(`/auth-flows/${added.body.id}`, { ...added.body, token: '{config.base_url}' });
    expect(replaced.status).toBe(200);
    expect(replaced.body).toMatchObject({ name: 'main', token: '{config.base_url}' });
    expect((await client.put(`/auth-flows/${added.body.id}`, bearer('x')).set('if-match', '"1"')).status).toBe(412);
    expect((await client.delete(`/auth-flows/${added.body.id}`).set('if-match', '"1"')).status).toBe(412);
    expect((await client.delete(`/auth-flows/${added.body.id}`)).status).toBe(204);
    expect((await client.get(`/auth-flows/${added.body.id}`)).status).toBe(404);
  });

  test("another tenant's are not there", async () => {
    const owner = api.tenant();
    const stranger = api.tenant();
    const { integrationId } = await makeCrm(owner);
    const { id } = await owner.make('/auth-flows', { integration_id: integrationId, ...bearer('main') });
    const answers = await Promise.all([
      stranger.get(`/auth-flows/${id}`),
      stranger.put(`/auth-flows/${id}`, bearer('mine')),
      stranger.delete(`/auth-flows/${id}`),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
    const added = await stranger.post('/auth-flows', { integration_id: integrationId, ...bearer('mine') });
    expect([added.status, added.body.errors[0].code]).toEqual([422, 'unknown_integration']);
    expect((await stranger.get(`/auth-flows?integration_id=${integrationId}`)).body.data).toEqual([]);
  });

  test('one that plans need is neither deleted nor renamed', async () => {
    const client = api.tenant();
    const { integrationId } = await makeCrm(client);
    const { id } = await client.make('/auth-flows', { integration_id: integrationId, ...bearer('main') });
    const step = { url: 'https://api.example.com/items', headers: { 'X-Key': '{auth.token}' } };
    await client.make('/plans', { key: 'only', integration: 'crm', step });
    await client.make('/plans', { key: 'named', integration: 'crm', step: { ...step, auth_flow: 'main' } });
    const refused = await client.delete(`/auth-flows/${id}`);
    expect([refused.status, refused.body.code]).toEqual([409, 'in_use']);
    expect([...refused.body.plan_keys].sort()).toEqual(['named', 'only']);
    const renamed = await client.put(`/auth-flows/${id}`, bearer('other'));
    expect([renamed.status, renamed.body.plan_keys]).toEqual([409, ['named']]);
    expect((await client.put(`/auth-flows/${id}`, { ...bearer('main'), token: '{config.base_url}' })).status).toBe(200);
    await client.delete('/plans/only');
    await client.delete('/plans/named');
    expect((await client.delete(`/auth-flows/${id}`)).status).toBe(204);
  });

  test('a name is taken once per integration, and an integration is for good', async () => {
    const client = api.tenant();
    const { integrationId } = await makeCrm(client);
    const { id } = await client.make('/auth-flows', { integration_id: integrationId, ...bearer('main') });
    expect((await client.post('/auth-flows', { integration_id: integrationId, ...bearer('main') })).status).toBe(409);
    const other = await client.make('/integrations', { name: 'other' });
    const moved = await client.put(`/auth-flows/${id}`, { integration_id: other.id, ...bearer('main') });
    expect([moved.status, moved.body.errors[0].code]).toEqual([422, 'immutable']);
  });

  test.each<[string, object, string]>([
    ['nothing', {}, '$.name'],
    ['no integration', bearer('x'), '$.integration_id'],
    ['an unknown type', { name: 'x', type: 'magic' }, '$.type'],
    ['a missing token', { name: 'x', type: 'bearer' }, '$.token'],
    ['a field of another type', { ...bearer('x'), username: 'a' }, '$.username'],
    ['a broken template', { ...bearer('x'), token: '{config.' }, '$.token'],
    ['a root that flows do not have', { ...bearer('x'), token: '{{ item.id }}' }, '$.token'],
    ['an unknown field', { ...bearer('x'), tokn: 'a' }, '$.tokn'],
  ])('%s is 422', async (_what, body, path) => {
    const answer = await api.tenant().post('/auth-flows', body);
    expect(answer.status).toBe(422);
    expect(answer.body.errors).toContainEqual(expect.objectContaining({ path }));
  });
});
