import { request, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { brokenPlans } from '../../e2e/broken-plans';
import { makeCrm, startApiUnderTest, type ApiUnderTest, type TenantClient } from '../../e2e/api-under-test';

const PLAN = '{"key":"items","integration":"crm","step":{"url":"https://api.example.com/items"}}';
const ID = '0190b1e0-7c00-7000-8000-000000000000';

describe('what clients can get wrong', () => {
  let api: ApiUnderTest;
  let client: TenantClient;
  beforeAll(async () => {
    api = await startApiUnderTest();
    client = api.tenant();
    await makeCrm(client);
  });
  afterAll(async () => {
    // Whatever was sent: nothing was a defect of ours, and nothing was stored.
    expect(api.log.filter((line) => line.includes('"level":50'))).toEqual([]);
    expect((await client.get('/plans')).body.data).toEqual([]);
    await api.close();
  });

  describe('a plan that has', () => {
    test.each(brokenPlans.map((each) => [each[0], each] as const))(
      '%s is 422 with every fault',
      async (_what, broken) => {
        const [, document, ...faults] = broken;
        const answer = await client.post('/plans', JSON.stringify(document));
        expect(answer.status).toBe(422);
        expect(answer.headers['content-type']).toContain('application/problem+json');
        for (const [path, code] of faults) {
          expect(answer.body.errors).toContainEqual(
            expect.objectContaining({ path, code, message: expect.any(String) }),
          );
        }
        expect(answer.text).not.toMatch(/node_modules|\.ts:|    at /);
      },
    );
  });

  const deep = (levels: number) => `${'['.repeat(levels)}1${']'.repeat(levels)}`;
  const inName = (text: string) => PLAN.replace('"key"', `"name":${text},"key"`);
  test.each<[string, string, number, string]>([
    ['half a document', '{"key":', 400, 'invalid_json'],
    ['a comma too much', '{"key":"a",}', 400, 'invalid_json'],
    ['a comment', '{"key":"a" /* b */}', 400, 'invalid_json'],
    ['words', 'hello', 400, 'invalid_json'],
    ['NaN', '{"key":NaN}', 400, 'invalid_json'],
    ['two documents', `${PLAN}${PLAN}`, 400, 'invalid_json'],
    ['only spaces', '   ', 400, 'required'],
    ['a duplicate key', '{"key":"a","key":"b"}', 422, 'duplicate_key'],
    ['a duplicate key far down', PLAN.replace('"url"', '"vars":{"a":"`1`","a":"`2`"},"url"'), 422, 'duplicate_key'],
    ['__proto__', '{"__proto__":{"admin":true}}', 422, 'unknown_field'],
    ['NUL', inName('"a\\u0000b"'), 422, 'nul_character'],
    ['NUL in a key', PLAN.replace('"step"', '"a\\u0000":1,"step"'), 422, 'nul_character'],
    ['a lone surrogate', inName('"\\ud800"'), 422, 'lone_surrogate'],
    ['the other half of one', inName('"x\\udc00y"'), 422, 'lone_surrogate'],
    ['65 levels', PLAN.replace('"url"', `"body":${deep(65)},"url"`), 422, 'too_deep'],
    ['100,000 levels', deep(100_000), 422, 'too_deep'],
    [
      'an integer beyond 2^53',
      PLAN.replace('"step"', '"wait_seconds":9007199254740993,"step"'),
      422,
      'number_out_of_range',
    ],
    ['1e400', PLAN.replace('"step"', '"wait_seconds":1e400,"step"'), 422, 'number_out_of_range'],
    ['more than 1 MiB', inName(`"${'x'.repeat(1_048_576)}"`), 413, 'body_too_large'],
  ])('%s is refused', async (_what, text, status, code) => {
    for (const path of ['/plans', '/integrations', '/configs', '/auth-flows']) {
      const answer = await client.post(path, text);
      expect([path, answer.status]).toEqual([path, status]);
      expect(answer.body.errors[0].code).toBe(code);
    }
  });

  test('malformed JSON is told with its place', async () => {
    const answer = await client.post('/plans', '{\n  "key": "a",,\n}');
    expect(answer.body.errors[0]).toMatchObject({
      line: 2,
      column: 14,
      message: expect.stringContaining('line 2, column 14'),
    });
  });

  test.each<[string, Record<string, string>]>([
    ['text', { 'content-type': 'text/plain' }],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['XML', { 'content-type': 'application/xml' }],
    ['something like JSON', { 'content-type': 'application/jsonp' }],
    ['another charset', { 'content-type': 'application/json; charset=utf-16' }],
    ['a compressed body', { 'content-type': 'application/json', 'content-encoding': 'gzip' }],
  ])('a body of %s is 415', async (_what, headers) => {
    const answer = await client.post('/plans').set(headers).send(PLAN);
    expect(answer.status).toBe(415);
    expect(answer.body).toMatchObject({ code: 'unsupported_media_type', status: 415 });
  });

  test('a body that is not UTF-8 is 400, a BOM and +json are fine', async () => {
    const bytes = Buffer.concat([Buffer.from('{"key":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]);
    const raw = (path: string, type: string, body: Buffer) =>
      client
        .post(path)
        .set('content-type', type)
        .serialize((each: unknown) => each as string)
        .send(body as never);
    expect((await raw('/plans', 'application/json', bytes)).body.code).toBe('invalid_encoding');
    const bom = Buffer.from(`\ufeff${PLAN}`);
    expect((await raw('/plans/validate', 'application/merge-patch+json', bom)).body.valid).toBe(true);
  });

  test.each<[string, string]>([
    ['/plans?limit=0', 'limit'],
    ['/plans?limit=201', 'limit'],
    ['/plans?limit=-1', 'limit'],
    ['/plans?limit=1.5', 'limit'],
    ['/plans?limit=1e2', 'limit'],
    ['/plans?limit=0x10', 'limit'],
    ['/plans?limit=%201', 'limit'],
    ['/plans?limit=', 'limit'],
    ['/plans?limit=ten', 'limit'],
    ['/plans?limit=1&limit=2', 'limit'],
    ['/plans?enabled=1', 'enabled'],
    ['/plans?enabled=', 'enabled'],
    ['/plans?integration_id=crm', 'integration_id'],
    ['/plans?limits=5', 'limits'],
    ['/plans?offset=5', 'offset'],
    ['/configs', 'integration_id'],
    ['/configs?integration_id=', 'integration_id'],
    ['/auth-flows', 'integration_id'],
    ['/integrations?cursor=', 'cursor'],
    [`/integrations?cursor=${'a'.repeat(513)}`, 'cursor'],
  ])('GET %s is 400 and names %s', async (path, name) => {
    const answer = await client.get(path);
    expect(answer.status).toBe(400);
    expect(answer.body.errors[0].path).toBe(`query.${name}`);
  });

  test.each([
    'x',
    '%00',
    'AAAA',
    'null',
    '1:2',
    Buffer.from(`99999999999999999:${ID}`).toString('base64url'),
    Buffer.from('5:x').toString('base64url'),
  ])('the cursor %s is 400', async (cursor) => {
    for (const path of ['/plans', '/integrations', '/executions']) {
      const answer = await client.get(`${path}?cursor=${cursor}`);
      expect([path, answer.status]).toEqual([path, 400]);
    }
  });

  test.each([
    'x',
    ID,
    ID.slice(0, -1),
    `${ID}0`,
    '%00',
    '%F0%9F%98%80',
    "'; DROP TABLE plans; --",
    '..%2f..',
    'undefined',
    '1',
  ])('the id %s is 404 everywhere', async (id) => {
    const path = encodeURI(id).replaceAll('%25', '%');
    const answers = await Promise.all([
      client.get(`/integrations/${path}`),
      client.get(`/configs/${path}`),
      client.get(`/auth-flows/${path}`),
      client.get(`/executions/${path}`),
      client.get(`/executions/${path}/events`),
      client.get(`/plans/${path}`),
      client.get(`/plans/${path}/versions`),
      client.delete(`/configs/${path}`),
      client.post(`/executions/${path}/cancel`),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 404));
  });

  test('a path that is not percent-encoded is 400', async () => {
    const answer = await client.get('/plans/%E0%A4%A');
    expect([answer.status, answer.headers['content-type']]).toEqual([400, expect.stringContaining('problem+json')]);
  });

  test.each([
    ['GET', '/nothing'],
    ['POST', '/executions'],
    ['PATCH', '/integrations'],
    ['GET', '/plans/items/preview'],
  ])('%s %s is a 404 problem', async (method, path) => {
    const answer = await (method === 'GET' ? client.get(path) : client.post(`${path}/x/y`, {}));
    expect(answer.status).toBe(404);
    expect(answer.body).toMatchObject({ type: 'urn:orchid:problem:unknown_route', status: 404, title: 'Not Found' });
  });

  test('without tenant or user it is 401, whatever the route and the body', async () => {
    const bare = api.bare();
    const answers = await Promise.all([
      bare.get('/api/v1/plans'),
      bare.get('/api/v1/nothing'),
      bare.post('/api/v1/plans').set('content-type', 'application/json').send('{"broken'),
      bare.get('/api/v1/plans').set('x-tenant-id', ID),
      bare.get('/api/v1/plans').set('x-user-id', 'ada'),
      bare.get('/api/v1/plans').set('x-tenant-id', 'acme').set('x-user-id', 'ada'),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 401));
    expect(answers.map(({ body }): unknown => body.header)).toEqual([
      'X-Tenant-ID',
      'X-Tenant-ID',
      'X-Tenant-ID',
      'X-User-ID',
      'X-Tenant-ID',
      'X-Tenant-ID',
    ]);
    // Tenants' ids are made elsewhere: any form of UUID will do.
    expect((await api.tenant('11111111-1111-1111-1111-111111111111').post('/integrations', { name: 'a' })).status).toBe(
      201,
    );
  });

  test('a body that grows beyond 1 MiB without a length is 413', async () => {
    const { port } = api.app.getHttpServer().address() as AddressInfo;
    const headers = { 'x-tenant-id': client.id, 'x-user-id': 'ada', 'content-type': 'application/json' };
    const sending = request({ port, path: '/api/v1/plans', method: 'POST', headers });
    sending.on('error', () => undefined);
    const answered = new Promise<IncomingMessage>((resolve) => sending.once('response', resolve));
    for (let sent = 0; sent < 20; sent += 1) sending.write(' '.repeat(65_536));
    expect((await answered).statusCode).toBe(413);
    sending.destroy();
  });

  test('a client that leaves in the middle of its body harms nobody', async () => {
    const { port } = api.app.getHttpServer().address() as AddressInfo;
    const socket = connect(port);
    const head = `POST /api/v1/plans HTTP/1.1\r\nhost: x\r\nx-tenant-id: ${client.id}\r\nx-user-id: a\r\n`;
    socket.write(`${head}content-type: application/json\r\ncontent-length: 100\r\n\r\n{"key"`, () => socket.destroy());
    await new Promise((resolve) => socket.once('close', resolve));
    expect((await client.get('/plans')).status).toBe(200);
  });

  test('names requests, by the name they came with if it is a good one', async () => {
    expect((await client.get('/plans').set('x-request-id', 'abc-1')).headers['x-request-id']).toBe('abc-1');
    expect((await client.get('/plans').set('x-request-id', 'a b')).headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(
      api.log.some((line) => line.includes('"request_id":"abc-1"') && line.includes('GET /api/v1/plans 200')),
    ).toBe(true);
  });
});

interface Operation {
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly security?: readonly object[];
  readonly responses: object;
  readonly requestBody?: { readonly content: Record<string, { examples?: object; schema: { example?: object } }> };
}

describe('what is outside of the prefix', () => {
  let api: ApiUnderTest;
  beforeAll(async () => {
    api = await startApiUnderTest();
  });
  afterAll(() => api.close());

  test('health, readiness, liveness and metrics need no tenant', async () => {
    const bare = api.bare();
    expect((await bare.get('/health')).body).toMatchObject({ status: 'up', checks: { database: { status: 'up' } } });
    expect((await bare.get('/healthz')).status).toBe(200);
    expect((await bare.get('/live')).status).toBe(200);
    await api.tenant().get('/plans/some-key');
    const { text } = await bare.get('/metrics');
    expect(text).toMatch(
      /orchid_http_requests_total\{method="GET",route="\/api\/v1\/plans\/:key",status_class="4xx",app="api"\} 1/,
    );
    expect(text).not.toContain('some-key');
  });

  test('the documentation describes every route, with problems, examples and the whole plan language', async () => {
    const { body } = await api.bare().get('/docs-json');
    expect(body.openapi).toBe('3.1.0');
    expect(Object.keys(body.components.securitySchemes)).toEqual(['tenant', 'user']);
    const operations = Object.values(body.paths as object).flatMap((path: object): unknown[] =>
      Object.values(path),
    ) as Operation[];
    expect(operations.length).toBeGreaterThanOrEqual(34);
    for (const operation of operations) {
      expect(operation.summary).toEqual(expect.any(String));
      expect(operation.tags).toHaveLength(1);
      const answers = Object.keys(operation.responses);
      if (operation.security === undefined) expect(answers).toEqual(expect.arrayContaining(['401', '500', '503']));
      const [content] = Object.values(operation.requestBody?.content ?? {});
      if (content !== undefined) expect(content.examples ?? content.schema.example).toBeDefined();
    }
    const references = JSON.stringify(body).match(/"#\/components\/schemas\/[^"]+/g) ?? [];
    for (const each of references) expect(body.components.schemas).toHaveProperty([each.split('/').at(-1) ?? '']);
    expect(Object.keys(body.components.schemas)).toEqual(
      expect.arrayContaining(['Plan', 'Step', 'RateLimit', 'Problem', 'AuthFlow']),
    );
    expect(JSON.stringify(body)).not.toContain('"nullable"');
  });

  test('serves Swagger UI under a policy that allows no foreign script, and the schema of plans', async () => {
    const page = await api.bare().get('/docs');
    expect([page.status, page.headers['content-security-policy']]).toEqual([
      200,
      expect.stringContaining("script-src 'self'"),
    ]);
    expect((await api.bare().get('/docs/swagger-ui-init.js')).text).toContain('persistAuthorization');
    const schema = await api.bare().get('/schemas/plan.json');
    expect(JSON.parse(schema.text)).toMatchObject({ title: 'Plan', $defs: { Step: expect.any(Object) } });
    const foreign = await api.bare().get('/docs-json').set('origin', 'https://elsewhere.example');
    expect(foreign.headers['access-control-allow-origin']).toBeUndefined();
    expect(foreign.headers['x-powered-by']).toBeUndefined();
  });
});
