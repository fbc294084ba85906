import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Client } from 'pg';
import { canReach, giveTo, serverAccount, type ServerAccount } from './server-account';
import { spawnServer } from './server-process';
import { ServiceFailed } from './stack.errors';
import type { LaunchContext, LaunchSource, StackService } from './stack-service';

const OWNER = 'orchid_owner';
const DATABASE = 'orchid';

/** PostgreSQL with the database `orchid`, owned by a role that is no superuser but may create the application's role. */
export const postgres: StackService = {
  name: 'postgres',
  patience: 30_000,
  url: (port, secrets) => `postgresql://${OWNER}:${secrets.orchidOwner}@127.0.0.1:${port}/${DATABASE}`,
  adminUrl: (port, secrets) => `postgresql://postgres:${secrets.postgres}@127.0.0.1:${port}/postgres`,

  ping: (url) =>
    withClient(url, async (client) => {
      const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
      return rows[0]?.server_version.split(' ')[0];
    }),

  async launch(source, context) {
    const account = serverAccount(context.machine.isRoot);
    const bin = reachableBinaries(source, context, account);
    const data = context.directory(`postgres-${majorVersion(bin)}`);
    if (!existsSync(path.join(data, 'PG_VERSION'))) initialise(bin, data, context, account);
    const settings = {
      port: await context.port('postgres'),
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      max_connections: 300,
      fsync: 'on',
    };
    const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    context.started(
      await spawnServer(path.join(bin, 'postgres'), ['-D', data, ...args], {
        cwd: data,
        env: cleanEnvironment(),
        logFile: context.logFile('postgres'),
        account,
        // SIGTERM would wait for every client to leave.
        stopSignal: 'SIGINT',
      }),
    );
  },

  prepare: (adminUrl, secrets) =>
    withClient(adminUrl, async (client) => {
      const verb = (await exists(client, 'SELECT 1 FROM pg_roles WHERE rolname = $1', OWNER)) ? 'ALTER' : 'CREATE';
      await client.query(`${verb} ROLE ${OWNER} LOGIN NOSUPERUSER CREATEROLE PASSWORD '${secrets.orchidOwner}'`);
      if (await exists(client, 'SELECT 1 FROM pg_database WHERE datname = $1', DATABASE)) return;
      await client.query(`CREATE DATABASE ${DATABASE} OWNER ${OWNER}`);
    }),
};

async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  // A server that goes away while the client is idle must fail the query, not the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function exists(client: Client, query: string, name: string): Promise<boolean> {
  return (await client.query(query, [name])).rowCount === 1;
}

/** A major version's data cannot be read by another one, so each gets a folder of its own. */
function majorVersion(bin: string): string {
  const output = execFileSync(path.join(bin, 'postgres'), ['--version'], { encoding: 'utf8' });
  const major = /(\d+)/.exec(output)?.[1];
  if (major === undefined) throw new ServiceFailed(`no version in "${output.trim()}"`);
  return major;
}

function initialise(bin: string, data: string, context: LaunchContext, account: ServerAccount | undefined): void {
  // Made beside its place and renamed: an interrupted initdb leaves nothing that looks like a cluster.
  const fresh = context.directory('postgres-new');
  const passwordFile = `${fresh}.password`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { mode: 0o700 });
  writeFileSync(passwordFile, context.secrets.postgres, { mode: 0o600 });
  if (account) for (const file of [fresh, passwordFile]) giveTo(account, file);
  const args = ['-D', fresh, '--username=postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
  try {
    execFileSync(path.join(bin, 'initdb'), [...args, '--encoding=UTF8', '--locale=C'], {
      cwd: fresh,
      env: cleanEnvironment(),
      stdio: ['ignore', 'ignore', 'pipe'],
      ...(account && { uid: account.uid, gid: account.gid }),
    });
  } finally {
    rmSync(passwordFile, { force: true });
  }
  rmSync(data, { recursive: true, force: true });
  renameSync(fresh, data);
}

/** The folder with the programs, copied where the server's account cannot reach it (a home of root, say). */
function reachableBinaries(source: LaunchSource, context: LaunchContext, account: ServerAccount | undefined): string {
  if (source.kind === 'jars') throw new ServiceFailed('PostgreSQL does not come as jars');
  if (source.kind === 'system') return source.directory;
  const native = path.dirname(source.directory);
  restoreLinks(native);
  if (account === undefined || canReach(account, source.directory)) return source.directory;
  const copy = context.directory('postgres-programs');
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true, force: true });
  giveTo(account, copy);
  return path.join(copy, 'bin');
}

/** npm packages carry no symbolic links; the package's install script makes them, unless scripts were refused. */
function restoreLinks(native: string): void {
  const list = path.join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const [first] = JSON.parse(readFileSync(list, 'utf8')) as { target: string }[];
  const root = path.dirname(native);
  if (first === undefined || existsSync(path.join(root, first.target))) return;
  execFileSync(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd: root });
}

/** PGDATA, PGPORT and their like of the caller's shell must not steer this server. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('PG')));
}
