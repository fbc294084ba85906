import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import Redis from 'ioredis';
import { Client } from 'pg';
import { stackEnv } from '@orchid/testing';
import { runStackCommand } from './cli';
import { isFree } from './free-port';
import { kafkaJarsFolder, provideKafkaJars, wrongJars } from './kafka-jars';
import { inspectMachine, type Machine } from './machine';
import { isRunning, startTimeOf, stopProcess } from './server-process';
import { withStackLock } from './stack-lock';
import { readStack, workspaceRoot, type StackState } from './stack-state';
import { stackStatus } from './stack-status';
import { startStack } from './start-stack';
import { stopStack } from './stop-stack';

// Settings of the shell must not turn these stacks into somebody else's servers.
const SETTINGS = ['DATABASE_URL', 'DATABASE_ADMIN_URL', 'REDIS_URL', 'KAFKA_BROKERS', 'RABBITMQ_URL', 'ORCHID_REQUIRE'];
const folders: string[] = [];
const before = { ...process.env };

function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'orchid-stack-test-'));
  folders.push(folder);
  return path.join(folder, 'stack');
}

function thisMachine(change: Partial<Machine> = {}): Machine {
  const machine = inspectMachine(process.env, { workspace: workspaceRoot(), kafkaJars: kafkaJarsFolder(process.env) });
  return { ...machine, dockerRuns: false, ...change };
}

const nothing: Partial<Machine> = {
  distribution: 'debian',
  isRoot: false,
  embeddedPostgres: undefined,
  kafkaJarsCached: false,
  java: undefined,
  findBinary: () => undefined,
};

beforeAll(() => {
  for (const name of SETTINGS) Reflect.deleteProperty(process.env, name);
});

afterAll(async () => {
  for (const folder of folders) {
    await stopStack({ directory: path.join(folder, 'stack') });
    rmSync(folder, { recursive: true, force: true });
  }
  process.env = before;
});

describe('a stack of PostgreSQL and Redis', () => {
  const directory = temporaryFolder();
  const services = ['postgres', 'redis'] as const;
  const start = () => startStack({ directory, services, machine: thisMachine() });
  const pids = (state: StackState | undefined) =>
    services.map((name) => state?.services[name]?.processes.map(({ pid }) => pid));
  let state: StackState;

  beforeAll(async () => {
    // Both at once: one starts the servers, the other finds them running.
    const [first, second] = await Promise.all([start(), start()]);
    expect(pids(first)).toEqual(pids(second));
    state = first;
  }, 120_000);

  it('writes down how to reach it, for its owner only', () => {
    expect(readStack(directory)).toEqual(state);
    expect(statSync(path.join(directory, 'state.json')).mode & 0o777).toBe(0o600);
    expect(stackEnv({ ORCHID_STACK_DIR: directory })).toEqual({
      databaseUrl: state.env.DATABASE_URL,
      databaseAdminUrl: state.env.DATABASE_ADMIN_URL,
      redisUrl: state.env.REDIS_URL,
    });
  });

  it('has a database that belongs to an owner without a superuser’s rights', async () => {
    const client = new Client({ connectionString: state.env.DATABASE_URL });
    await client.connect();
    const { rows } = await client.query(
      `SELECT current_database() AS database, rolname, rolsuper, rolcreaterole, current_setting('fsync') AS fsync,
              current_setting('max_connections') AS connections, current_setting('listen_addresses') AS addresses,
              pg_get_userbyid(datdba) AS owner
         FROM pg_roles, pg_database WHERE rolname = current_user AND datname = current_database()`,
    );
    await client.end();
    expect(rows).toEqual([
      {
        database: 'orchid',
        rolname: 'orchid_owner',
        rolsuper: false,
        rolcreaterole: true,
        fsync: 'on',
        connections: '300',
        addresses: '127.0.0.1',
        owner: 'orchid_owner',
      },
    ]);
  });

  it('has a Redis that neither evicts nor forgets', async () => {
    const client = new Redis(state.env.REDIS_URL ?? '');
    expect(await client.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
    expect(await client.config('GET', 'appendonly')).toEqual(['appendonly', 'yes']);
    await client.set('kept', 'yes');
    await client.quit();
  });

  it('reports itself', async () => {
    const status = await stackStatus(readStack(directory));
    expect(status).toMatchObject({
      services: { postgres: { status: 'up' }, redis: { status: 'up' }, kafka: { status: 'down' } },
      broker: 'file',
    });
    expect(status.services.redis.pid).toBe(state.services.redis?.processes[0]?.pid);
    expect(status.services.postgres.version).toMatch(/^\d+/);
  });

  it('restarts what has died, on the same port, and leaves the rest alone', async () => {
    const died = state.services.redis?.processes[0];
    if (died === undefined) throw new Error('no redis');
    process.kill(died.pid, 'SIGKILL');
    const again = await start();
    expect(again.env).toEqual(state.env);
    expect(again.services.redis?.processes[0]?.pid).not.toBe(died.pid);
    expect(again.services.postgres).toEqual(state.services.postgres);
    state = again;
  });

  it('takes its own URLs in the environment for its own', async () => {
    const env = { ...process.env, ...state.env };
    const again = await startStack({ directory, services, machine: thisMachine({ env }) });
    expect(again.services).toEqual(state.services);
  });

  it('answers the command line', async () => {
    process.env.ORCHID_STACK_DIR = directory;
    const out: string[] = [];
    const terminal = { out: (line: string) => out.push(line), err: (line: string) => out.push(line) };
    expect(await runStackCommand(['status', '--json'], terminal)).toBe(0);
    expect(JSON.parse(out.splice(0).join('\n'))).toMatchObject({ broker: 'file' });
    expect(await runStackCommand(['env'], terminal)).toBe(0);
    expect(out.splice(0)).toContain(`export REDIS_URL='${state.env.REDIS_URL ?? ''}'`);
    expect(await runStackCommand(['up', '--services', 'oracle'], terminal)).toBe(1);
    expect(out.splice(0).join()).toContain('"oracle" is none of postgres, redis, kafka, rabbitmq');
    Reflect.deleteProperty(process.env, 'ORCHID_STACK_DIR');
  });

  it('stops and keeps its data', async () => {
    await stopStack({ directory, services: ['redis'] });
    expect(readStack(directory)?.env).not.toHaveProperty('REDIS_URL');
    const again = await start();
    expect(again.env).toEqual(state.env);
    const client = new Redis(again.env.REDIS_URL ?? '');
    expect(await client.get('kept')).toBe('yes');
    await client.quit();
  });

  it('leaves nothing behind when it is purged', async () => {
    const last = readStack(directory);
    if (last === undefined) throw new Error('no state');
    const processes = services.flatMap((name) => last.services[name]?.processes ?? []);
    expect(processes.map(isRunning)).toEqual([true, true]);
    await stopStack({ directory, purge: true });
    expect(processes.map(isRunning)).toEqual([false, false]);
    expect(await Promise.all(Object.values(last.ports).map(isFree))).toEqual([true, true]);
    expect(existsSync(directory)).toBe(false);
    expect(existsSync(last.dataDirectory)).toBe(false);
    expect(() => stackEnv({ ORCHID_STACK_DIR: directory })).toThrow('run npm run stack -- up');
  });
});

describe('a machine that lacks something', () => {
  it('names all that is missing at once and starts nothing', async () => {
    const directory = temporaryFolder();
    const machine = thisMachine(nothing);
    await expect(startStack({ directory, machine })).rejects.toMatchObject({
      code: 'stack_incomplete',
      message: expect.stringMatching(/^Missing: PostgreSQL, Redis\. Do one of these:\n/),
    });
    expect(readdirSync(directory)).toEqual([]);
  });

  it('goes on without a broker unless that is required', async () => {
    const directory = temporaryFolder();
    const machine = thisMachine(nothing);
    const log: string[] = [];
    const state = await startStack({
      directory,
      machine,
      services: ['kafka', 'rabbitmq'],
      log: (line) => log.push(line),
    });
    expect(state.broker).toBe('file');
    expect(log.join('\n')).toContain('the broker is "file"');
    expect(log.join('\n')).toContain('RabbitMQ is not here; going on without it');
    const required = startStack({
      directory,
      machine,
      services: ['kafka', 'rabbitmq'],
      required: ['kafka', 'rabbitmq'],
    });
    await expect(required).rejects.toThrow(/^Missing: Kafka, RabbitMQ\./);
  });

  it('does not replace a server that the environment names but that does not answer', async () => {
    const directory = temporaryFolder();
    const machine = thisMachine({ env: { ...process.env, REDIS_URL: 'redis://127.0.0.1:1' } });
    await expect(startStack({ directory, machine, services: ['redis'] })).rejects.toThrow(
      'the Redis named by the environment does not answer',
    );
  });
});

describe('PostgreSQL from npm', () => {
  it('starts where the system has none', async () => {
    const directory = temporaryFolder();
    const { findBinary } = thisMachine();
    const machine = thisMachine({
      findBinary: (name) => (['initdb', 'postgres'].includes(name) ? undefined : findBinary(name)),
    });
    const state = await startStack({ directory, machine, services: ['postgres'] });
    expect(state.services.postgres).toMatchObject({ origin: 'npm', version: expect.stringMatching(/^18/) });
    await stopStack({ directory, purge: true });
  }, 60_000);
});

describe('jars from a repository', () => {
  const content = 'a jar';
  const location = 'org/example/thing/1/thing-1.jar';
  const checksums = { [location]: createHash('sha256').update(content).digest('hex') };
  let server: Server;
  let repositoryUrl: string;

  beforeAll(async () => {
    server = createServer((request, response) => {
      response.statusCode = request.url?.startsWith('/gone') === true ? 404 : 200;
      response.end(request.url === `/maven/${location}` ? content : 'another jar');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    repositoryUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterAll(() => new Promise((resolve) => server.close(resolve)));

  const provide = (folder: string, base: string) =>
    provideKafkaJars(folder, { kind: 'download', repositoryUrl: `${repositoryUrl}/${base}/` }, checksums);

  it('are kept when they have the pinned checksum, and fetched again when they no longer do', async () => {
    const folder = temporaryFolder();
    await provide(folder, 'maven');
    expect(wrongJars(folder, checksums)).toEqual([]);
    writeFileSync(path.join(folder, 'thing-1.jar'), 'damaged');
    await provide(folder, 'maven');
    expect(readFileSync(path.join(folder, 'thing-1.jar'), 'utf8')).toBe(content);
  });

  it('are refused and not kept when they differ or are not there', async () => {
    const folder = temporaryFolder();
    await expect(provide(folder, 'evil')).rejects.toThrow('do not have the pinned checksums: thing-1.jar');
    await expect(provide(folder, 'gone')).rejects.toThrow('thing-1.jar: the repository answered 404');
    expect(readdirSync(path.dirname(folder))).toEqual([]);
  });
});

describe('the lock of a state directory', () => {
  it('lets one work at a time', async () => {
    const directory = temporaryFolder();
    let inside = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
    };
    await Promise.all(Array.from({ length: 5 }, () => withStackLock(directory, () => undefined, work)));
    expect(most).toBe(1);
    expect(readdirSync(directory)).toEqual([]);
  });

  it('is taken from a process that has died', async () => {
    const directory = temporaryFolder();
    await withStackLock(
      directory,
      () => undefined,
      () => Promise.resolve(),
    );
    const someoneElse = { pid: process.pid, startedAt: `${startTimeOf(process.pid) ?? ''}1` };
    writeFileSync(path.join(directory, 'lock'), JSON.stringify(someoneElse));
    expect(
      await withStackLock(
        directory,
        () => undefined,
        () => Promise.resolve('done'),
      ),
    ).toBe('done');
  });
});

describe('a process that is not the one of the record', () => {
  it('is not touched', async () => {
    const stranger = { pid: process.pid, startedAt: 'another time', stopSignal: 'SIGTERM' } as const;
    await stopProcess(stranger);
    expect(isRunning(stranger)).toBe(false);
  });
});
