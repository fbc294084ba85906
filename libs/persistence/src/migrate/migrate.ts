import 'reflect-metadata';
import { createHash } from 'node:crypto';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { translateError } from '../database/translate-error';
import { MIGRATIONS } from '../migrations';
import { APP_ROLE, ensureRoles } from './roles';

export interface MigrateOptions {
  /** Of the database's owner: no superuser, but with CREATEROLE. */
  readonly ownerUrl: string;
  /** Of the role `orchid_app`, which is one for the whole server; derived from the owner's when absent. */
  readonly appPassword?: string;
}

export interface Migrated {
  /** What the application connects with. */
  readonly appUrl: string;
  /** Names of the migrations that ran now. */
  readonly applied: readonly string[];
}

/** The bytes of "orchid": any number will do that nobody else locks. */
const LOCK_KEY = 122_524_588_337_508;
const CONNECT_TIMEOUT_MS = 5_000;

/** Brings roles and tables up to date. Any number of processes may call it at once; those that come late find it done. */
export async function migrate(options: MigrateOptions): Promise<Migrated> {
  const appPassword = options.appPassword ?? derivedPassword(options.ownerUrl);
  const client = new Client({
    connectionString: options.ownerUrl,
    application_name: 'orchid migrate',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  // The next query reports a broken connection; without a listener it would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT pg_advisory_lock($1)', [LOCK_KEY]);
    await ensureRoles(client, appPassword);
    return { appUrl: appUrl(options.ownerUrl, appPassword), applied: await runMigrations(options.ownerUrl) };
  } catch (error) {
    throw translateError(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** The URL of `orchid_app` in the database that `ownerUrl` names. */
export function appUrl(ownerUrl: string, appPassword: string = derivedPassword(ownerUrl)): string {
  const url = new URL(ownerUrl);
  url.username = APP_ROLE;
  url.password = appPassword;
  return url.toString();
}

function derivedPassword(ownerUrl: string): string {
  const { password } = new URL(ownerUrl);
  return createHash('sha256').update(`${APP_ROLE}:${password}`).digest('hex').slice(0, 40);
}

async function runMigrations(ownerUrl: string): Promise<string[]> {
  const source = new DataSource({
    type: 'postgres',
    url: ownerUrl,
    migrations: MIGRATIONS,
    migrationsTableName: 'schema_migrations',
    poolSize: 1,
    installExtensions: false,
    applicationName: 'orchid migrate',
  });
  await source.initialize();
  try {
    const done = await source.runMigrations({ transaction: 'each' });
    return done.map((migration) => migration.name);
  } finally {
    await source.destroy();
  }
}
