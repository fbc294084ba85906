import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { appUrl, migrate } from '@orchid/persistence';
import { Client } from 'pg';
import { stackEnv } from '../stack/stack-env';

/** A database of its own for one spec file, migrated and empty. */
export interface TestDatabase {
  /** As the application connects: role `orchid_app`, bound by row level security. */
  readonly url: string;
  /** As the tables' owner: bound by row level security too. */
  readonly ownerUrl: string;
  /** As superuser: sees everything. For assertions and faults only. */
  readonly adminUrl: string;
  /** Ends its connections and deletes it. */
  drop(): Promise<void>;
}

const MIGRATIONS = path.resolve(__dirname, '../../../persistence/src/migrations');
/** One lock for all processes that make the template. */
const LOCK_KEY = 7_260_113;

/** Clones a migrated template, which is made once per set of migrations. Call `drop()` when done. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { databaseUrl, databaseAdminUrl } = stackEnv();
  const name = `orchid_test_${randomBytes(6).toString('hex')}`;
  const owner = new URL(databaseUrl).username;
  const ownerUrl = withDatabase(databaseUrl, name);
  await asAdmin(databaseAdminUrl, async (admin) => {
    const template = await ensureTemplate(admin, databaseUrl);
    await admin.query(`CREATE DATABASE ${name} TEMPLATE ${template} OWNER ${admin.escapeIdentifier(owner)}`);
  });
  return {
    url: appUrl(ownerUrl),
    ownerUrl,
    adminUrl: withDatabase(databaseAdminUrl, name),
    drop: () =>
      asAdmin(databaseAdminUrl, async (admin) => {
        await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      }),
  };
}

async function ensureTemplate(admin: Client, databaseUrl: string): Promise<string> {
  const template = `orchid_template_${fingerprint()}`;
  await admin.query('SELECT pg_advisory_lock($1)', [LOCK_KEY]);
  try {
    const ready = await admin.query('SELECT 1 FROM pg_database WHERE datname = $1 AND NOT datallowconn', [template]);
    if (ready.rowCount === 1) return template;
    await dropTemplates(admin);
    await admin.query(`CREATE DATABASE ${template} OWNER ${admin.escapeIdentifier(new URL(databaseUrl).username)}`);
    await migrate({ ownerUrl: withDatabase(databaseUrl, template) });
    // Nobody may connect: a database in use cannot be cloned. Set last, it also marks the template as complete.
    await admin.query(`ALTER DATABASE ${template} ALLOW_CONNECTIONS false`);
    return template;
  } finally {
    await admin.query('SELECT pg_advisory_unlock($1)', [LOCK_KEY]);
  }
}

/** Those of other migrations, and one that was left unfinished. */
async function dropTemplates(admin: Client): Promise<void> {
  const { rows } = await admin.query<{ datname: string }>(
    `SELECT datname FROM pg_database WHERE datname LIKE 'orchid\\_template\\_%'`,
  );
  for (const { datname } of rows) await admin.query(`DROP DATABASE IF EXISTS ${datname} WITH (FORCE)`);
}

/** Another set of migrations is another template. */
function fingerprint(): string {
  const hash = createHash('sha256');
  const sources = readdirSync(MIGRATIONS).filter((file) => /^\d+-.*\.(ts|js)$/.test(file));
  for (const file of sources.sort()) hash.update(readFileSync(path.join(MIGRATIONS, file)));
  return hash.digest('hex').slice(0, 12);
}

function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.toString();
}

async function asAdmin<T>(url: string, work: (admin: Client) => Promise<T>): Promise<T> {
  const admin = new Client({ connectionString: url, application_name: 'orchid test' });
  admin.on('error', () => undefined);
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}
