import type { GroupValues } from './setting';
import type { databaseSettings, redisSettings } from './infrastructure.settings';

/** The role that the processes log in as; migrations create it. */
export const APP_ROLE = 'orchid_app';

export interface DatabaseSettings {
  /** What the processes connect to, as a role that obeys row level security. */
  readonly url: string;
  /** The same database as the role that owns the tables: for migrations only. */
  readonly migrationUrl: string;
  /** The password that migrations give to the role `orchid_app`, when this installation logs in as it. */
  readonly appPassword: string | undefined;
  readonly ssl: boolean;
  readonly maxOpenConnections: number;
}

export interface RedisSettings {
  readonly url: string;
  readonly keyPrefix: string;
}

export function resolveDatabase(given: GroupValues<typeof databaseSettings>): DatabaseSettings {
  const configured = new URL(
    given.url ?? assembleUrl('postgresql:', { ...given, user: given.userName, path: given.name }),
  );
  const app = new URL(configured);
  if (given.appPassword !== undefined) {
    app.username = APP_ROLE;
    app.password = encodeURIComponent(given.appPassword);
  }
  const ownPassword = app.username === APP_ROLE && app.password !== '' ? decodeURIComponent(app.password) : undefined;
  return {
    url: app.href,
    migrationUrl: given.migrationUrl ?? configured.href,
    appPassword: given.appPassword ?? ownPassword,
    ssl: given.ssl,
    maxOpenConnections: given.maxOpenConnections,
  };
}

export function resolveRedis(given: GroupValues<typeof redisSettings>): RedisSettings {
  const protocol = given.tls ? 'rediss:' : 'redis:';
  const url = given.url ?? assembleUrl(protocol, { ...given, user: '', path: String(given.db) });
  return { url, keyPrefix: given.keyPrefix };
}

interface Parts {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string | undefined;
  readonly path: string;
}

function assembleUrl(protocol: string, { host, port, user, password, path }: Parts): string {
  const secret = password === undefined ? '' : `:${encodeURIComponent(password)}`;
  const account = user === '' && secret === '' ? '' : `${encodeURIComponent(user)}${secret}@`;
  const address = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  return `${protocol}//${account}${address}:${port}/${encodeURIComponent(path)}`;
}
