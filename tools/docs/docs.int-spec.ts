import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { startStubApi, type StubApi } from '@orchid/testing';
import { snippets } from './snippets';

const ROOT = path.resolve(__dirname, '../..');
const SECRET = 'demo-client-secret-0001';

describe('the plans that the documentation shows', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'orchid-docs-'));
  let stub: StubApi;

  beforeAll(async () => {
    stub = await startStubApi({ contacts: 60, requireToken: true, clientId: 'demo-client', clientSecret: SECRET });
    const values = { base_url: stub.url, client_id: 'demo-client', client_secret: SECRET };
    writeFileSync(path.join(folder, 'config.json'), JSON.stringify(values));
    writeFileSync(path.join(folder, 'login.json'), snippet('docs/getting-started.md', 'file=login.json'));
  });
  afterAll(async () => {
    await stub.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([
    ['README.md', 'plan=readme', { pages: 3, api_calls: 63, records: 60 }],
    ['docs/getting-started.md', 'file=plan.json', { pages: 2, api_calls: 2, records: 2 }],
  ])('run: %s', async (page, label, counts) => {
    writeFileSync(path.join(folder, 'plan.json'), snippet(page, label));
    const args = ['plan', 'run', 'plan.json', '--config', 'config.json', '--auth-flow', 'login.json'];
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [path.join(ROOT, 'bin/orchid.cjs'), ...args, '--allow-private', stub.authority],
      { cwd: folder, env: { PATH: process.env.PATH } },
    );
    const last = stdout.trimEnd().split('\n').at(-1) ?? '';
    expect(JSON.parse(last)).toMatchObject({ status: 'success', receipt: { ...counts, complete: true } });
  });
});

function snippet(page: string, label: string): string {
  const [text] = snippets(readFileSync(path.join(ROOT, page), 'utf8'), label);
  if (text === undefined) throw new Error(`${page} has no block ${label}`);
  return text;
}
