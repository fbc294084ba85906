import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runJestSuite } from './jest-suite';
import { summaryLine } from './tally';

const root = mkdtempSync(path.join(os.tmpdir(), 'orchid-suite-'));
afterAll(() => rmSync(root, { recursive: true }));

const PROJECT = `module.exports = { projects: ['mixed', 'open', 'stuck'].map((displayName) =>
  ({ displayName, rootDir: __dirname + '/' + displayName, testMatch: ['**/*.js'] })) };`;

const FILES: Readonly<Record<string, string>> = {
  'jest.config.js': PROJECT,
  'package.json': '{}',
  'mixed/sound.js': `test('good', () => {}); test('bad', () => { throw new Error('because'); }); test.skip('later', () => {});`,
  'mixed/syntax.js': 'test(;',
  'open/open.js': `test('good', () => { setInterval(() => {}, 1000); });`,
  'stuck/stuck.js': `test('never', () => new Promise(() => setInterval(() => {}, 1000)), 600_000);`,
};

beforeAll(() => {
  for (const [file, text] of Object.entries(FILES)) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  }
});

describe('runJestSuite', () => {
  const suite = (project: string) => ({ project, root, args: ['--runInBand', '--silent'], quiet: true });

  it('counts passed, failed, skipped, and a file that does not compile', async () => {
    const tally = await runJestSuite(suite('mixed'));
    expect(summaryLine(tally)).toBe('1 passed, 2 failed, 1 skipped');
    expect(tally.failures.map(({ where }) => where).sort()).toEqual(['mixed/sound.js', 'mixed/syntax.js']);
  });

  it('fails a suite that cannot be run at all', async () => {
    const tally = await runJestSuite({
      ...suite('mixed'),
      args: ['--no-such-option-of-jest=1', '--config', 'absent.js'],
    });
    expect(tally).toMatchObject({
      passed: 0,
      failures: [{ where: 'mixed', what: expect.stringContaining('could not run') }],
    });
  });

  it('ends and fails a suite that leaves something open', async () => {
    const tally = await runJestSuite({ ...suite('open'), lingerMs: 1_500 });
    expect(tally).toMatchObject({ passed: 1, failures: [{ what: expect.stringContaining('left something open') }] });
  });

  it('ends and fails a suite that does not end', async () => {
    const tally = await runJestSuite({ ...suite('stuck'), timeoutMs: 3_000 });
    expect(tally.failures.map(({ what }) => what)).toContain('did not end within 3 s');
  });
});
