import { types } from 'node:util';
import type { Client } from 'pg';
import { UnsafeRole } from '../database/database.errors';
import { scramVerifier } from './scram';

export const APP_ROLE = 'orchid_app';
export const DISPATCHER_ROLE = 'orchid_dispatcher';

const ATTEMPTS = 20;
/** Roles belong to the whole server, advisory locks to one database: migrations of two databases can still meet here. */
const CONCURRENT = new Set(['23505', '42710', 'XX000', '40001', '40P01']);

/** Makes the application's roles, or brings them up to date. */
export async function ensureRoles(owner: Client, appPassword: string): Promise<void> {
  await persist(() => ensureRole(owner, DISPATCHER_ROLE, 'NOLOGIN NOINHERIT'));
  await persist(() => ensureRole(owner, APP_ROLE, 'LOGIN NOINHERIT'));
  const verifier = owner.escapeLiteral(scramVerifier(appPassword));
  await persist(() => owner.query(`ALTER ROLE ${APP_ROLE} LOGIN NOINHERIT PASSWORD ${verifier}`));
  await persist(() => owner.query(`GRANT ${DISPATCHER_ROLE} TO ${APP_ROLE}`));
  await refusePowers(owner);
}

async function ensureRole(owner: Client, role: string, attributes: string): Promise<void> {
  const { rowCount } = await owner.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
  if (rowCount === 0) await owner.query(`CREATE ROLE ${role} ${attributes}`);
}

/** A role of that name that somebody made with more powers is not taken. */
async function refusePowers(owner: Client): Promise<void> {
  const { rows } = await owner.query<{ rolname: string }>(
    `SELECT rolname FROM pg_roles WHERE rolname = ANY ($1)
     AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)`,
    [[APP_ROLE, DISPATCHER_ROLE]],
  );
  const [role] = rows;
  if (role !== undefined) throw new UnsafeRole(role.rolname, 'has powers over the server');
}

async function persist(action: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await action();
      return;
    } catch (error) {
      if (attempt === ATTEMPTS || !isConcurrent(error)) throw error;
    }
  }
}

function isConcurrent(error: unknown): boolean {
  return types.isNativeError(error) && 'code' in error && typeof error.code === 'string' && CONCURRENT.has(error.code);
}
