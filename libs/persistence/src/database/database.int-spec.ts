import { newId } from '@orchid/kernel';
import { createTestDatabase, seedPlan, type TestDatabase } from '@orchid/testing';
import { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { migrate } from '../migrate/migrate';
import { Database } from './database';
import { Conflict, DatabaseUnavailable, InvalidCursor, InvalidData, NotFound, UnsafeRole } from './database.errors';

const [tenant, other] = [newId(), newId()];
let test: TestDatabase;
let database: Database;
let app: Client;

beforeAll(async () => {
  test = await createTestDatabase();
  database = await Database.connect({ url: test.url, poolSize: 2 });
  app = new Client({ connectionString: test.url });
  await app.connect();
});

afterAll(async () => {
  await app.end();
  await database.close();
  await test.drop();
});

async function tables(): Promise<{ name: string; secured: boolean; owner: string }[]> {
  const { rows } = await app.query<{ name: string; secured: boolean; owner: string }>(
    `SELECT relname AS name, relrowsecurity AND relforcerowsecurity AS secured, relowner::regrole::text AS owner
     FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'schema_migrations'`,
  );
  return rows;
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe('the schema', () => {
  it('forces row level security on every table, none of them the application’s own', async () => {
    const all = await tables();
    expect(all.length).toBeGreaterThanOrEqual(11);
    for (const table of all) expect(table).toEqual({ ...table, secured: true, owner: 'orchid_owner' });
  });

  it('leads every primary key and every foreign key with the tenant', async () => {
    const { rows } = await app.query<{ name: string; first: string; type: string }>(
      `SELECT c.conname AS name, c.contype AS type, a.attname AS first FROM pg_constraint c
       JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
       WHERE c.connamespace = 'public'::regnamespace AND c.contype IN ('p', 'f', 'u')
         AND c.conrelid <> 'schema_migrations'::regclass`,
    );
    expect(rows.filter((row) => row.type === 'f').length).toBeGreaterThan(8);
    for (const row of rows) expect(row).toEqual({ ...row, first: 'tenant_id' });
  });

  it('gives the application no table that it does not need to delete from or truncate', async () => {
    const { rows } = await app.query(
      `SELECT table_name, privilege_type FROM information_schema.role_table_grants
       WHERE grantee = 'orchid_app' AND privilege_type NOT IN ('SELECT', 'INSERT', 'UPDATE') ORDER BY table_name`,
    );
    expect(rows).toEqual([
      { table_name: 'checkpoints', privilege_type: 'DELETE' },
      { table_name: 'idempotency_keys', privilege_type: 'DELETE' },
    ]);
  });
});

describe('tenants', () => {
  beforeAll(async () => {
    for (const id of [tenant, other]) {
      const { plan, config } = await seedPlan(database, id);
      await database.tenant(id).run(async (work) => {
        const [planId, configId] = [plan.id, config.id];
        const outcome = await work.executions.trigger({ planId, configId, trigger: 'manual' });
        if (outcome.kind !== 'queued') throw new Error(outcome.kind);
        await work.executions.claim(outcome.execution.id, 'w');
        await work.executions.saveCheckpoint(outcome.execution.id, 1, { page: 1 });
        await work.executions.finish(outcome.execution.id, 1, { status: 'failed', receipt: {} });
        await work.authFlows.create({ integrationId: plan.integrationId, name: 'a', document: {} });
        await work.idempotency.begin({ methodPath: 'POST /', key: 'k', requestHash: 'h' });
      });
    }
  });

  it('see nothing in any table when the tenant was forgotten', async () => {
    const admin = new Client({ connectionString: test.adminUrl });
    await admin.connect();
    for (const { name } of await tables()) {
      const forgotten = await app.query(`SELECT * FROM ${name}`);
      const all = await admin.query(`SELECT DISTINCT tenant_id FROM ${name}`);
      expect([name, forgotten.rowCount, all.rowCount]).toEqual([name, 0, 2]);
    }
    await admin.end();
  });

  it('see only their own rows when a query names no tenant', async () => {
    for (const { name } of await tables()) {
      await app.query('BEGIN');
      await app.query(`SELECT set_config('app.tenant_id', $1, true)`, [tenant]);
      const { rows } = await app.query<{ tenant_id: string }>(`SELECT DISTINCT tenant_id FROM ${name}`);
      await app.query('COMMIT');
      expect([name, rows]).toEqual([name, [{ tenant_id: tenant }]]);
      expect((await app.query(`SELECT * FROM ${name}`)).rowCount).toBe(0);
    }
  });

  it('cannot write another tenant’s rows', async () => {
    await app.query('BEGIN');
    await app.query(`SELECT set_config('app.tenant_id', $1, true)`, [tenant]);
    const insert = `INSERT INTO integrations (tenant_id, id, name, config_schema) VALUES ($1, $2, 'x', '{}')`;
    await expect(app.query(insert, [other, newId()])).rejects.toThrow('row-level security');
    await app.query('ROLLBACK');
  });

  it('do not find another tenant’s ids', async () => {
    const theirs = await database.tenant(other).run(async (work) => ({
      plan: (await work.plans.list()).data[0],
      execution: (await work.executions.list()).data[0],
    }));
    const [key, id] = [theirs.plan?.key ?? '', theirs.execution?.id ?? ''];
    expect(id).not.toBe('');
    await database.tenant(tenant).run(async (work) => {
      await expect(work.plans.get(key)).rejects.toThrow(NotFound);
      await expect(work.executions.get(id)).rejects.toThrow(NotFound);
      await expect(work.executions.requestCancel(id)).rejects.toThrow(NotFound);
      expect(await work.executions.claim(id, 'thief')).toEqual({ kind: 'missing' });
      expect(await work.integrations.find(theirs.plan?.integrationId ?? '')).toBeNull();
      const theft = work.configs.create({
        integrationId: theirs.plan?.integrationId ?? '',
        name: 'x',
        values: {},
        schema: {},
      });
      await expect(theft).rejects.toThrow(NotFound);
    });
  });

  it('keep the dispatcher’s view out of reach of a session that did not enter it', async () => {
    await expect(app.query('SET ROLE orchid_owner')).rejects.toThrow('permission denied');
    const { rowCount } = await app.query('SELECT * FROM schedules');
    expect(rowCount).toBe(0);
    await app.query('BEGIN');
    await app.query('SET LOCAL ROLE orchid_dispatcher');
    expect((await app.query('SELECT * FROM schedules')).rowCount).toBe(2);
    await expect(app.query('SELECT * FROM configs')).rejects.toThrow('permission denied');
    await app.query('ROLLBACK');
    await app.query('BEGIN');
    await app.query('SET LOCAL ROLE orchid_dispatcher');
    await expect(app.query('SELECT receipt FROM executions')).rejects.toThrow('permission denied');
    await app.query('ROLLBACK');
  });
});

describe('a transaction', () => {
  it('uses one connection for all its stores', async () => {
    const single = await Database.connect({ url: test.url, poolSize: 2 });
    await Promise.all(Array.from({ length: 8 }, () => seedPlan(single, newId())));
    await single.close();
  });

  it('takes its tenant with it when it ends', async () => {
    const single = await Database.connect({ url: test.url, poolSize: 1 });
    await single.tenant(tenant).run((work) => work.integrations.list());
    const [row] = await (Reflect.get(single, 'source') as DataSource).query(
      "SELECT current_setting('app.tenant_id', true) AS tenant",
    );
    expect(row).toEqual({ tenant: '' });
    await single.close();
  });

  it('leaves nothing behind when its body throws', async () => {
    const fields = { name: 'rolled back', description: null, configSchema: { name: 'x', schema: {} } };
    const run = database.tenant(tenant).run(async (work) => {
      await work.integrations.create(fields);
      throw new RangeError('mine');
    });
    await expect(run).rejects.toThrow(RangeError);
    expect(await database.tenant(tenant).run((work) => work.integrations.findByName('rolled back'))).toBeNull();
  });

  it('reports what PostgreSQL refuses as our own errors', async () => {
    const create = (name: string) =>
      database
        .tenant(tenant)
        .run((work) => work.integrations.create({ name, description: null, configSchema: { name: 'x', schema: {} } }));
    await create('twice');
    await expect(create('twice')).rejects.toThrow(Conflict);
    await expect(create('twice')).rejects.toMatchObject({ code: 'already_exists', details: { noun: 'integration' } });
    await expect(create('nul \u0000')).rejects.toThrow(InvalidData);
    await expect(database.tenant(tenant).run((work) => work.integrations.get('no uuid'))).rejects.toThrow(InvalidData);
    await expect(database.tenant('no uuid').run((work) => work.integrations.list())).rejects.toThrow(InvalidData);
  });

  it('is ended by the statement time-out', async () => {
    const hasty = await Database.connect({ url: test.url, poolSize: 2, statementTimeoutMs: 50 });
    const { plan, config } = await seedPlan(database, tenant);
    await app.query('BEGIN');
    await app.query(`SELECT set_config('app.tenant_id', $1, true)`, [tenant]);
    await app.query('SELECT 1 FROM schedules WHERE plan_id = $1 FOR UPDATE', [plan.id]);
    const blocked = hasty.tenant(tenant).run((work) => work.schedules.lock(plan.id, config.id));
    await expect(blocked).rejects.toThrow(DatabaseUnavailable);
    await app.query('ROLLBACK');
    await hasty.close();
  });
});

describe('the connection', () => {
  it('answers a ping, and refuses a role that could see too much', async () => {
    expect(await database.ping()).toBeGreaterThan(0);
    await database.assertSafeRole();
    for (const url of [test.ownerUrl, test.adminUrl]) {
      const unsafe = await Database.connect({ url, poolSize: 1 });
      await expect(unsafe.assertSafeRole()).rejects.toThrow(UnsafeRole);
      await unsafe.close();
    }
  });

  it('reports a server that is not there', async () => {
    const nowhere = Database.connect({ url: 'postgresql://x:y@127.0.0.1:1/z' });
    await expect(nowhere).rejects.toMatchObject({ code: 'database_unavailable', retry: 'backoff' });
  });

  it('survives the loss of every connection, idle or listening', async () => {
    const idleErrors: Error[] = [];
    const url = new URL(test.url);
    const name = 'victim';
    const victim = await Database.connect({
      url: url.toString(),
      poolSize: 2,
      applicationName: name,
      onIdleError: (error) => idleErrors.push(error),
    });
    let heard = 0;
    const stop = await victim.listen('a channel', () => (heard += 1));
    await victim.ping();
    expect(heard).toBe(1);
    const admin = new Client({ connectionString: test.adminUrl });
    await admin.connect();
    const kill = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND application_name IN ('victim', 'listen a channel')`;
    expect((await admin.query(kill)).rowCount).toBe(2);
    await until(() => idleErrors.length > 0 && heard === 2);
    expect(await victim.ping()).toBeGreaterThan(0);
    await admin.query(`SELECT pg_notify('a channel', 'x')`);
    await until(() => heard === 3);
    await stop();
    await victim.close();
    await expect(victim.ping()).rejects.toThrow(DatabaseUnavailable);
    await admin.end();
  });
});

describe('lists', () => {
  it('neither repeat nor skip rows while others are inserted', async () => {
    const lister = newId();
    const add = (name: string) =>
      database
        .tenant(lister)
        .run((work) => work.integrations.create({ name, description: null, configSchema: { name: 'x', schema: {} } }));
    for (let index = 0; index < 25; index += 1) await add(`old ${index}`);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page = await database.tenant(lister).run((work) => work.integrations.list({ limit: 7, cursor }));
      seen.push(...page.data.map((row) => row.name));
      cursor = page.nextCursor;
      await add(`new ${seen.length}`);
    } while (cursor !== null);
    expect(seen).toEqual(Array.from({ length: 25 }, (_, index) => `old ${24 - index}`));
  });

  it('keep their order among rows of one moment', async () => {
    const lister = newId();
    const ids = await database.tenant(lister).run(async (work) => {
      const made: string[] = [];
      for (let index = 0; index < 9; index += 1) {
        const configSchema = { name: 'x', schema: {} };
        made.unshift((await work.integrations.create({ name: `${index}`, description: null, configSchema })).id);
      }
      return made;
    });
    const admin = new Client({ connectionString: test.adminUrl });
    await admin.connect();
    await admin.query('UPDATE integrations SET created_at = now() WHERE tenant_id = $1', [lister]);
    await admin.end();
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page = await database.tenant(lister).run((work) => work.integrations.list({ limit: 2, cursor }));
      seen.push(...page.data.map((row) => row.id));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual(ids);
  });

  it.each(['nonsense', '', Buffer.from('1:x').toString('base64url')])('refuse the cursor "%s"', async (cursor) => {
    const list = database.tenant(tenant).run((work) => work.integrations.list({ cursor }));
    await expect(list).rejects.toThrow(InvalidCursor);
  });
});

describe('migrations', () => {
  it('run once, however many start them at the same time', async () => {
    const admin = new Client({ connectionString: test.adminUrl });
    await admin.connect();
    const name = `orchid_test_migrate_${newId().slice(-12)}`;
    await admin.query(`CREATE DATABASE ${name} OWNER orchid_owner`);
    const url = new URL(test.ownerUrl);
    url.pathname = `/${name}`;
    const ownerUrl = url.toString();
    const results = await Promise.all([1, 2, 3, 4].map(() => migrate({ ownerUrl })));
    expect(results.map((result) => result.applied.length).sort()).toEqual([0, 0, 0, 1]);
    expect((await migrate({ ownerUrl })).applied).toEqual([]);
    const fresh = await Database.connect({ url: results[0]?.appUrl ?? '' });
    await fresh.assertSafeRole();
    await fresh.close();
    await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
    await admin.end();
  });
});
