import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const WORKSPACE = path.resolve(__dirname, '../../..');
const folder = mkdtempSync(path.join(os.tmpdir(), 'orchid-config-'));
const script = `
  const { loadSettingsOrExit } = require(${JSON.stringify(path.join(__dirname, 'index.ts'))});
  console.log(loadSettingsOrExit('worker').worker.concurrency);`;

beforeAll(() => {
  mkdirSync(path.join(folder, 'config'));
  writeFileSync(path.join(folder, 'config/config.yaml'), 'worker_concurrency: 7\n');
  writeFileSync(path.join(folder, 'other.yaml'), 'worker: { concurrency: 8 }\n');
});
afterAll(() => rmSync(folder, { recursive: true }));

function start(env: Record<string, string>) {
  const register = require.resolve('@swc-node/register');
  const fixed = { PATH: process.env.PATH, TS_NODE_PROJECT: path.join(WORKSPACE, 'tsconfig.json') };
  return spawnSync(process.execPath, ['-r', register, '-e', script], {
    cwd: folder,
    env: { ...fixed, ...env },
    encoding: 'utf8',
  });
}

describe('loadSettingsOrExit', () => {
  it('reads config/config.yaml, or the file that CONFIG_FILE names, beneath the environment', () => {
    expect(start({}).stdout.trim()).toBe('7');
    expect(start({ CONFIG_FILE: 'other.yaml' }).stdout.trim()).toBe('8');
    expect(start({ CONFIG_FILE: 'other.yaml', WORKER_CONCURRENCY: '9' }).stdout.trim()).toBe('9');
  });

  it('prints everything that is wrong and exits with 78', () => {
    const { status, stderr, stdout } = start({ PORT: 'http', BROKER: 'kafka' });
    expect(status).toBe(78);
    expect(stdout).toBe('');
    expect(stderr.trim().split('\n')).toEqual([
      'Orchid cannot start with these settings:',
      '  - PORT is not a whole number. Accepted: a port from 0 to 65535.',
      '  - KAFKA_BROKERS is required with BROKER=kafka.',
    ]);
  });

  it('exits with 78 when the named file is not there', () => {
    const { status, stderr } = start({ CONFIG_FILE: 'absent.yaml' });
    expect(status).toBe(78);
    expect(stderr).toContain('CONFIG_FILE names absent.yaml, which cannot be read');
  });
});

describe('npm run config', () => {
  it('prints the effective settings with secrets masked', () => {
    const env = { PATH: process.env.PATH, CONFIG_FILE: path.join(folder, 'other.yaml'), DB_PASSWORD: 'canary' };
    const { stdout } = spawnSync('npm', ['run', '-s', 'config'], { cwd: WORKSPACE, env, encoding: 'utf8' });
    expect(stdout).toMatch(/^WORKER_CONCURRENCY +file +8$/m);
    expect(stdout).toMatch(/^DB_PASSWORD +environment +\*{8}$/m);
    expect(stdout).not.toContain('canary');
  });
});
