import { newId, type JsonObject } from '@orchid/kernel';
import type { PlanDocument } from '@orchid/plan';
import { createTestDatabase, type TestDatabase } from '@orchid/testing';
import { Client } from 'pg';
import { SecretBox, SecretBoxError } from '../encryption/secret-box';
import { SECRET_MASK } from '../encryption/split-secrets';
import type { Integration } from '../integrations/integration.entity';
import { Database } from './database';
import { Conflict, NotFound, StaleRevision } from './database.errors';
import type { TenantWork } from './tenant-work';

const key = (id: string, fill: number): string => `${id}:${Buffer.alloc(32, fill).toString('base64')}`;
const tenant = newId();
const schema: JsonObject = {
  properties: { url: {}, token: { 'x-secret': true }, login: { properties: { password: { format: 'password' } } } },
};
const CANARY = 'c4nary-7f3e';
const values: JsonObject = { url: 'https://x', token: CANARY, login: { user: 'u', password: `${CANARY}-2` } };
let test: TestDatabase;
let database: Database;
let admin: Client;

beforeAll(async () => {
  test = await createTestDatabase();
  database = await Database.connect({ url: test.url, poolSize: 4, secrets: new SecretBox(key('a', 1)) });
  admin = new Client({ connectionString: test.adminUrl });
  await admin.connect();
});

afterAll(async () => {
  await admin.end();
  await database.close();
  await test.drop();
});

const run = <T>(body: (work: TenantWork) => Promise<T>): Promise<T> => database.tenant(tenant).run(body);
const fields = (name: string) => ({ name, description: 'd', configSchema: { name: 's', schema } });
const integrate = (name = newId()): Promise<Integration> => run((work) => work.integrations.create(fields(name)));
const documentOf = (more: Partial<PlanDocument> = {}): PlanDocument => ({
  key: `plan-${newId()}`,
  step: { url: 'https://x.example' },
  ...more,
});

describe('configs', () => {
  const create = async () => {
    const { id: integrationId } = await integrate();
    return run((work) => work.configs.create({ integrationId, name: 'c', values, schema }));
  };

  it('show the mask, open only on demand, and keep no secret in the clear', async () => {
    const config = await create();
    expect(config).toMatchObject({
      enabled: true,
      revision: 1,
      publicValues: { url: 'https://x', token: SECRET_MASK },
    });
    const opened = await run((work) => work.configs.decrypted(config.id));
    expect(opened).toEqual({ values, secrets: [CANARY, `${CANARY}-2`] });
    const { rows } = await admin.query<{ dump: string }>('SELECT configs::text AS dump FROM configs');
    const clear = rows.map((row) => row.dump).join();
    expect(clear).toContain('https://x');
    for (const form of [CANARY, Buffer.from(CANARY).toString('hex'), Buffer.from(CANARY).toString('base64')]) {
      expect(clear).not.toContain(form);
    }
  });

  it('keep a secret whose mask is sent back, and replace the others', async () => {
    const { id, publicValues } = await create();
    const login = { user: 'v', password: 'new' };
    const change = { name: 'renamed', values: { ...publicValues, login }, schema, expected: 1 };
    const changed = await run((work) => work.configs.update(id, change));
    expect(changed).toMatchObject({ name: 'renamed', revision: 2, publicValues: { token: SECRET_MASK } });
    const opened = await run((work) => work.configs.decrypted(id));
    expect(opened.values).toEqual({ url: 'https://x', token: CANARY, login });
    await expect(run((work) => work.configs.update(id, change))).rejects.toThrow(StaleRevision);
  });

  it('refuse a sealed value copied from another row, or changed', async () => {
    const [one, two] = [await create(), await create()];
    await admin.query('UPDATE configs SET secrets = $1 WHERE id = $2', [one.secrets, two.id]);
    await expect(run((work) => work.configs.decrypted(two.id))).rejects.toThrow(SecretBoxError);
  });

  it('are sealed again with a new key', async () => {
    const config = await create();
    const rotated = await Database.connect({
      url: test.url,
      poolSize: 2,
      secrets: new SecretBox(`${key('b', 2)},${key('a', 1)}`),
    });
    await admin.query('DELETE FROM configs WHERE id <> $1', [config.id]);
    expect(await rotated.tenant(tenant).run((work) => work.configs.reseal())).toBe(1);
    expect(await rotated.tenant(tenant).run((work) => work.configs.reseal())).toBe(0);
    expect((await rotated.tenant(tenant).run((work) => work.configs.decrypted(config.id))).values).toEqual(values);
    await expect(run((work) => work.configs.decrypted(config.id))).rejects.toThrow('key "b"');
    const keyless = await Database.connect({ url: test.url, poolSize: 2 });
    const closed = keyless.tenant(tenant).run((work) => work.configs.decrypted(config.id));
    await expect(closed).rejects.toMatchObject({ code: 'encryption_keys_missing' });
    await Promise.all([rotated.close(), keyless.close()]);
  });

  it('are erased when deleted, and free their name', async () => {
    const config = await create();
    await expect(run((work) => work.configs.delete(config.id, 9))).rejects.toThrow(StaleRevision);
    await run((work) => work.configs.delete(config.id, 1));
    await expect(run((work) => work.configs.get(config.id))).rejects.toThrow(NotFound);
    await expect(run((work) => work.configs.delete(config.id))).rejects.toThrow(NotFound);
    const { rows } = await admin.query('SELECT secrets, public_values::text FROM configs WHERE id = $1', [config.id]);
    expect(rows).toEqual([{ secrets: null, public_values: '{}' }]);
    const again = { integrationId: config.integrationId, name: 'c', values: {}, schema };
    const successor = await run((work) => work.configs.create(again));
    const listed = await run((work) => work.configs.list({ integrationId: config.integrationId }));
    expect(listed.data.map((row) => row.id)).toEqual([successor.id]);
  });
});

describe('integrations', () => {
  it('keep their revision, and their name to themselves', async () => {
    const integration = await integrate('unique');
    await expect(integrate('unique')).rejects.toThrow(Conflict);
    const update = (expected?: number) =>
      run((work) => work.integrations.update(integration.id, { ...fields('unique'), description: null }, expected));
    expect(await update(1)).toMatchObject({ revision: 2, description: null });
    await expect(update(1)).rejects.toThrow(StaleRevision);
    expect(await update()).toMatchObject({ revision: 3 });
    const unknown = run((work) => work.integrations.update(newId(), fields('x')));
    await expect(unknown).rejects.toThrow(NotFound);
  });

  it('are not deleted while in use, unless with all that is theirs', async () => {
    const { id: integrationId } = await integrate('in use');
    const plan = await run(async (work) => {
      await work.configs.create({ integrationId, name: 'c', values, schema });
      await work.authFlows.create({ integrationId, name: 'f', document: { type: 'bearer' } });
      return work.plans.create({ integrationId, document: documentOf({ wait_seconds: 1 }), enabled: true });
    });
    const refused = run((work) => work.integrations.delete(integrationId));
    await expect(refused).rejects.toMatchObject({ code: 'in_use', details: { configs: 1, authFlows: 1, plans: 1 } });
    expect(await run((work) => work.integrations.find(integrationId))).not.toBeNull();
    await database.dispatch.run((work) => work.claimDue());
    await run((work) => work.integrations.delete(integrationId, { cascade: true }));
    const left = await run(async (work) => ({
      integration: await work.integrations.find(integrationId),
      plan: await work.plans.find(plan.key),
      flows: await work.authFlows.ofIntegration(integrationId),
      history: (await work.executions.list({ planKey: plan.key })).data.map((row) => row.status),
    }));
    expect(left).toEqual({ integration: null, plan: null, flows: [], history: ['cancelled'] });
    await integrate('in use');
    const orphan = run((work) => work.plans.create({ integrationId, document: documentOf() }));
    await expect(orphan).rejects.toThrow(NotFound);
  });
});

describe('auth flows', () => {
  it('are stored, changed and deleted by revision', async () => {
    const { id: integrationId } = await integrate();
    const document = { type: 'bearer', z: 1, a: 2 };
    const flow = await run((work) => work.authFlows.create({ integrationId, name: 'f', document }));
    expect(JSON.stringify(flow.document)).toBe(JSON.stringify(document));
    const change = { name: 'g', document: { type: 'basic' } };
    expect(await run((work) => work.authFlows.update(flow.id, change, 1))).toMatchObject({ name: 'g', revision: 2 });
    await expect(run((work) => work.authFlows.update(flow.id, change, 1))).rejects.toThrow(StaleRevision);
    expect((await run((work) => work.authFlows.list(integrationId))).data).toHaveLength(1);
    await run((work) => work.authFlows.delete(flow.id));
    await expect(run((work) => work.authFlows.get(flow.id))).rejects.toThrow(NotFound);
  });
});

describe('plans', () => {
  it('make a version of every change and keep the old ones', async () => {
    const { id: integrationId } = await integrate();
    const document = documentOf({ name: 'one' });
    const plan = await run((work) => work.plans.create({ integrationId, document, createdBy: 'me' }));
    expect(plan).toMatchObject({ enabled: false, currentVersion: 1, name: 'one', document });
    const second = { ...document, name: 'two' };
    const saved = await run((work) => work.plans.saveVersion(plan.key, { document: second, expected: 1 }));
    expect(saved).toMatchObject({ currentVersion: 2, revision: 2, name: 'two', document: second });
    const stale = run((work) => work.plans.saveVersion(plan.key, { document, expected: 1 }));
    await expect(stale).rejects.toThrow(StaleRevision);
    expect(await run((work) => work.plans.setEnabled(plan.key, true))).toMatchObject({
      revision: 3,
      currentVersion: 2,
    });
    expect(await run((work) => work.plans.setEnabled(plan.key, true))).toMatchObject({ revision: 3 });
    const versions = await run((work) => work.plans.versions(plan.key));
    expect(versions.map((version) => [version.version, version.document.name, version.createdBy])).toEqual([
      [2, 'two', null],
      [1, 'one', 'me'],
    ]);
    expect(await run((work) => work.plans.versions(plan.key, { before: 2 }))).toHaveLength(1);
    await expect(run((work) => work.plans.version(plan.id, 3))).rejects.toThrow(NotFound);
    expect(await run((work) => work.plans.find(plan.key))).toEqual(await run((work) => work.plans.getById(plan.id)));
  });

  it('refuse a key that is taken until its plan is deleted', async () => {
    const { id: integrationId } = await integrate();
    const document = documentOf();
    const create = () => run((work) => work.plans.create({ integrationId, document }));
    await create();
    await expect(create()).rejects.toMatchObject({ code: 'already_exists', details: { noun: 'plan' } });
    await expect(run((work) => work.plans.delete(document.key, 5))).rejects.toThrow(StaleRevision);
    await run((work) => work.plans.delete(document.key));
    await expect(run((work) => work.plans.delete(document.key))).rejects.toThrow(NotFound);
    expect(await create()).toMatchObject({ currentVersion: 1 });
  });

  it('number versions without a gap when many save at once', async () => {
    const { id: integrationId } = await integrate();
    const { key: planKey, document } = await run((work) =>
      work.plans.create({ integrationId, document: documentOf() }),
    );
    await Promise.all(Array.from({ length: 6 }, () => run((work) => work.plans.saveVersion(planKey, { document }))));
    const versions = await run((work) => work.plans.versions(planKey));
    expect(versions.map((version) => version.version)).toEqual([7, 6, 5, 4, 3, 2, 1]);
  });

  it('are listed with their documents, by integration and by enabled', async () => {
    const { id: integrationId } = await integrate();
    for (const enabled of [true, false, true]) {
      await run((work) => work.plans.create({ integrationId, document: documentOf({ description: 'x' }), enabled }));
    }
    const list = async (enabled?: boolean) =>
      (await run((work) => work.plans.list({ integrationId, ...(enabled !== undefined && { enabled }) }))).data;
    expect((await list()).map((plan) => [plan.enabled, plan.document.description])).toEqual([
      [true, 'x'],
      [false, 'x'],
      [true, 'x'],
    ]);
    expect([(await list(true)).length, (await list(false)).length]).toEqual([2, 1]);
  });
});

describe('idempotency keys', () => {
  const request = { methodPath: 'POST /api/v1/plans', key: 'k1', requestHash: 'h1' };

  it('do the work once and repeat its answer', async () => {
    const once = (): Promise<unknown> =>
      run(async (work) => {
        const outcome = await work.idempotency.begin(request);
        if (outcome.kind === 'repeat') return outcome;
        await work.integrations.create(fields('once'));
        await work.idempotency.complete(request, 201, { made: true });
        return outcome;
      });
    const outcomes = await Promise.all([once(), once(), once()]);
    expect(outcomes.filter((outcome) => JSON.stringify(outcome) === '{"kind":"new"}')).toHaveLength(1);
    expect(await once()).toEqual({ kind: 'repeat', status: 201, response: { made: true } });
    const other = run((work) => work.idempotency.begin({ ...request, requestHash: 'h2' }));
    await expect(other).rejects.toMatchObject({ code: 'idempotency_key_reused' });
    await admin.query(`UPDATE idempotency_keys SET created_at = now() - interval '25 hours'`);
    expect(await run((work) => work.idempotency.begin({ ...request, requestHash: 'h2' }))).toEqual({ kind: 'new' });
  });

  it('are forgotten with work that failed', async () => {
    const failed = { ...request, key: 'k2' };
    const fail = run(async (work) => {
      await work.idempotency.begin(failed);
      throw new RangeError('no');
    });
    await expect(fail).rejects.toThrow(RangeError);
    expect(await run((work) => work.idempotency.begin(failed))).toEqual({ kind: 'new' });
  });
});
