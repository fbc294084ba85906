import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import path from 'node:path';
import {
  createTestBroker,
  createTestDatabase,
  stackEnv,
  type TestBroker,
  type TestDatabase,
  until,
} from '@orchid/testing';

const ROOT = path.resolve(__dirname, '../..');
const MAIN = path.join(ROOT, process.env.ORCHID_DIST ?? 'dist', 'tools/demo/main.js');
const SECRET = 'demo-client-secret-0001';

interface Run {
  readonly child: ChildProcess;
  out: string;
  err: string;
  readonly closed: Promise<number | null>;
}

describe('npm start', () => {
  jest.setTimeout(120_000);
  let database: TestDatabase;
  let broker: TestBroker;
  let env: Record<string, string | undefined>;

  beforeAll(async () => {
    database = await createTestDatabase();
    broker = createTestBroker();
    const name = `demo${randomBytes(4).toString('hex')}`;
    const ports = { API_PORT: '0', WORKER_PORT: '0', SCHEDULER_PORT: '0', SCHEDULER_POLL_INTERVAL: '1s' };
    const mine = { REDIS_KEY_PREFIX: `${name}:`, JOB_QUEUE: name, DATABASE_URL: database.ownerUrl };
    const redis = { REDIS_URL: stackEnv().redisUrl };
    env = { PATH: process.env.PATH, HOME: process.env.HOME, ...redis, ...broker.env, ...ports, ...mine };
    for (const variable of ['ORCHID_STACK_DIR', 'ORCHID_DIST']) env[variable] = process.env[variable];
  });
  afterAll(async () => {
    await broker.remove();
    await database.drop();
  });

  const demo = (args: readonly string[] = [], over: Record<string, string> = {}): Run => {
    const child = spawn(process.execPath, [MAIN, ...args], { cwd: ROOT, env: { ...env, ...over } });
    const closed = once(child, 'close').then(([code]) => code as number | null);
    const run: Run = { child, closed, out: '', err: '' };
    child.stdout.on('data', (chunk: Buffer) => (run.out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (run.err += chunk.toString()));
    return run;
  };

  it('runs the example once and sums it up in one line of JSON', async () => {
    const run = demo(['--once']);
    const code = await run.closed;
    expect([code, run.err]).toEqual([0, expect.stringContaining('The first messages')]);
    expect(run.out.trim().split('\n')).toHaveLength(1);
    const summary: unknown = JSON.parse(run.out);
    expect(summary).toEqual({
      status: 'success',
      pages: 20,
      requests: expect.any(Number),
      published: 500,
      consumed: 500,
      missing: 0,
    });
    expect(run.err + run.out).not.toContain(SECRET);
  });

  it('goes on by schedule with what is stored, and leaves nothing behind at Ctrl-C', async () => {
    const run = demo();
    await until('an execution by schedule', () => run.out.includes('by schedule: success'), 110_000);
    expect(run.out).toContain('are there from an earlier start');
    const urls = [...new Set(run.out.match(/http:\/\/localhost:\d+/g))];
    expect(urls).toHaveLength(3);
    for (const url of urls) expect((await fetch(`${url}/health`)).status).toBe(200);
    run.child.kill('SIGINT');
    expect([await run.closed, run.err]).toEqual([0, '']);
    expect(run.out).toContain('processes: stopped');
    for (const url of urls) await expect(fetch(`${url}/health`)).rejects.toThrow();
  });

  it('says which port is taken and how to choose another', async () => {
    const { port } = new URL(stackEnv().redisUrl);
    const run = demo(['--once'], { WORKER_PORT: port });
    expect([await run.closed, run.out]).toEqual([1, '']);
    expect(run.err).toMatch(new RegExp(`port ${port} \\(worker\\)(.|\\n)*WORKER_PORT=\\d+ npm start`));
  });
});
