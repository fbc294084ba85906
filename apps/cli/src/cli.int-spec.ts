import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startStubApi, type StubApi } from '@orchid/testing';

const ORCHID = path.resolve(__dirname, '../../../bin/orchid.cjs');
const EXAMPLES = path.resolve(__dirname, '../../../libs/plan/examples');
const SECRET = 'canary-c1f0-in-client-secret';

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  readonly messages: Record<string, unknown>[];
}

describe('orchid as a process', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'orchid-cli-'));
  let stub: StubApi;
  let config: string;
  let flow: string;

  const file = (name: string, content: unknown): string => {
    const target = path.join(folder, name);
    writeFileSync(target, typeof content === 'string' ? content : JSON.stringify(content));
    return target;
  };
  const orchid = (...args: string[]): ChildProcess => {
    const env = { PATH: process.env.PATH, HOME: process.env.HOME };
    return spawn(process.execPath, [ORCHID, ...args], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  };
  const end = async (child: ChildProcess): Promise<Ended> => {
    let [out, err] = ['', ''];
    child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (err += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    const lines = out.split('\n').filter((line) => line.startsWith('{"'));
    return { code, out, err, messages: lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
  };
  const run = (plan: string, ...args: string[]) => {
    const allow = ['--allow-private', stub.authority];
    return orchid('plan', 'run', plan, '--config', config, '--auth-flow', flow, ...allow, ...args);
  };
  const plan = (over: Record<string, unknown> = {}) =>
    file('plan.json', {
      key: 'contacts',
      integration: 'demo',
      step: {
        url: '{config.base_url}/api/contacts',
        auth_flow: 'oauth',
        params: { limit: '20', offset: '{{ vars.offset }}' },
        init: { offset: '`0`' },
        vars: { offset: 'response.body.next_offset' },
        while: 'response.body.has_more == true',
        ...over,
      },
    });

  beforeAll(async () => {
    stub = await startStubApi({ contacts: 60, requireToken: true, clientId: 'demo', clientSecret: SECRET });
    config = file('config.json', { base_url: stub.url, client_id: 'demo', client_secret: SECRET });
    flow = file('flow.json', {
      name: 'oauth',
      type: 'oauth2_client_credentials',
      token_url: '{config.base_url}/oauth/token',
      client_id: '{config.client_id}',
      client_secret: '{config.client_secret}',
    });
  });
  afterEach(() => stub.setFaults([]));
  afterAll(async () => {
    await stub.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('previews the first requests: what was sent, what came back, what would be published; nothing is', async () => {
    const args = ['--config', config, '--auth-flow', flow, '--allow-private', stub.authority, '--max-requests', '2'];
    const text = await end(orchid('plan', 'preview', plan(), ...args));
    expect(text).toMatchObject({ code: 0, err: '' });
    expect(text.out).toMatch(
      /#2 root, page 2\n {2}GET .*offset=20[^]*while: .* -> true[^]*Stopped after as many requests/,
    );
    const json = await end(orchid('plan', 'preview', plan(), ...args, '--json'));
    expect(JSON.parse(json.out)).toMatchObject({
      stopped_by: 'max_requests',
      requests: [{ page: 1, status_code: 200, messages: [{ page: 1, step_path: 'root' }] }, { page: 2 }],
    });
    expect(text.out + json.out).not.toContain(SECRET);
    stub.setFaults([{ path: '/api/*', kind: 'status', status: 404 }]);
    expect((await end(orchid('plan', 'preview', plan(), ...args))).code).toBe(1);
  });

  it('explains a plan: requests per page, limits, canonical expressions', async () => {
    const { code, out } = await end(orchid('plan', 'explain', path.join(EXAMPLES, 'contacts-fanout.json')));
    expect(code).toBe(0);
    expect(out).toContain('requests per page: 1 + items(root) × 1; with every retry: 4 + items(root) × 4');
    expect(out).toMatch(/limits: \S+ \(per_config: 100 in 60 s\)/);
    expect((await end(orchid('plan', 'explain', file('bad.json', '{}')))).code).toBe(1);
  });

  it('runs a plan: messages in order on standard output, the receipt last, no secret anywhere', async () => {
    const { code, out, err, messages } = await end(run(plan()));
    expect([code, err]).toEqual([0, expect.stringMatching(/success after .*\n(.*\n)*.*complete +yes/)]);
    expect(messages.map(({ type, page }) => type ?? page)).toEqual([
      'execution.started',
      1,
      2,
      3,
      'execution.completed',
    ]);
    const loops = [{ step_path: 'root', pages: 3, stop_reason: 'while_false' }];
    expect(messages.at(-1)).toMatchObject({
      status: 'success',
      receipt: { pages: 3, api_calls: 3, loops, complete: true },
    });
    expect(out + err).not.toContain(SECRET);
    expect(out + err).not.toMatch(/tok-[0-9a-f]{8}/);
  });

  it('validates plans: 0 and warnings, 1 and every fault, 2 where there is nothing to check', async () => {
    const [valid, invalid, json, missing, broken] = await Promise.all([
      end(orchid('plan', 'validate', path.join(EXAMPLES, 'contacts-fanout.json'))),
      end(orchid('plan', 'validate', file('bad.json', { key: 'k', step: { url: '{nope.x}', method: 'FETCH' } }))),
      end(orchid('plan', 'validate', file('bad2.json', { key: 'k', step: {} }), '--json')),
      end(orchid('plan', 'validate', 'missing.json')),
      end(orchid('plan', 'validate', file('broken.json', '{ "key": '))),
    ]);
    expect([valid.code, invalid.code, json.code, missing.code, broken.code]).toEqual([0, 1, 1, 2, 2]);
    for (const part of ['$.step.url', '$.step.method', 'integration']) expect(invalid.out).toContain(part);
    expect(JSON.parse(json.out)).toMatchObject({ valid: false, errors: expect.any(Array) });
    expect(missing.err).toContain('missing.json: there is no such file');
    expect(broken.err).toMatch(/broken\.json: .* at line 1, column \d+/);
    expect(missing.err + broken.err).not.toMatch(/\n +at /);
  });

  it('ends with 2 before anything is sent when plan, config or auth flow cannot be used', async () => {
    stub.clear();
    const good = plan();
    const all = await Promise.all([
      end(run(file('bad3.json', { key: 'k', integration: 'i', step: {} }))),
      end(orchid('plan', 'run', good, '--config', config)),
      end(orchid('plan', 'run', good, '--config', 'no-such.json', '--auth-flow', flow)),
      end(orchid('plan', 'run', good, '--config', config, '--auth-flow', file('flow2.json', { name: 'x', type: 'y' }))),
    ]);
    expect(all.map(({ code }) => code)).toEqual([2, 2, 2, 2]);
    expect(all[1].err).toContain('--auth-flow');
    expect(stub.ledger).toEqual([]);
  });

  it('ends with 1 when the API fails, with 3 when the plan aborts', async () => {
    stub.setFaults([{ kind: 'status', status: 500, path: '/api/contacts', after: 1 }]);
    const failed = await end(run(plan({ retry: { max_retries: 0 } })));
    expect([failed.code, failed.messages.at(-1)]).toEqual([1, expect.objectContaining({ status: 'failed' })]);
    expect(failed.err).toContain('http_500 at root');
    stub.setFaults([{ kind: 'status', status: 402, path: '/api/contacts' }]);
    const aborted = await end(run(plan({ abort_on: [402] })));
    expect([aborted.code, aborted.messages.at(-1)]).toEqual([3, expect.objectContaining({ status: 'aborted' })]);
  });

  it('waits where a worker would be freed, and goes on', async () => {
    stub.setFaults([{ kind: 'status', status: 429, headers: { 'retry-after': '1' }, path: '/api/contacts', times: 1 }]);
    const env = { PATH: process.env.PATH, HOME: process.env.HOME, PARK_AFTER: '100ms' };
    const args = ['plan', 'run', plan(), '--config', config, '--auth-flow', flow, '--allow-private', stub.authority];
    const { code, err } = await end(spawn(process.execPath, [ORCHID, ...args], { cwd: folder, env }));
    expect(code).toBe(0);
    expect(err).toMatch(/waiting [01]\.\d s/);
  });

  it('says how to allow a loopback address, and calls none unasked', async () => {
    const { code, err } = await end(orchid('plan', 'run', plan(), '--config', config, '--auth-flow', flow));
    expect([code, err]).toEqual([1, expect.stringContaining(`--allow-private ${stub.authority}`)]);
  });

  it('ends with 4 after --max-requests, and at once on Ctrl-C, with a receipt', async () => {
    const limited = await end(run(plan(), '--max-requests', '2'));
    expect([limited.code, limited.messages.at(-1)]).toEqual([
      4,
      expect.objectContaining({ status: 'cancelled', receipt: expect.objectContaining({ api_calls: 2, pages: 2 }) }),
    ]);
    stub.setFaults([{ kind: 'hang', path: '/api/contacts', after: 1 }]);
    const child = run(plan());
    const ended = end(child);
    await new Promise<void>((resolve) => {
      let text = '';
      child.stdout?.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        if (text.includes('"page":1')) resolve();
      });
    });
    child.kill('SIGINT');
    const { code, messages, err } = await ended;
    expect([code, messages.at(-1)]).toEqual([4, expect.objectContaining({ status: 'cancelled' })]);
    expect(err).toContain('interrupted');
  });

  it('stops quietly when nobody reads its output any more', async () => {
    const child = run(plan());
    child.stdout?.once('data', () => child.stdout?.destroy());
    let err = '';
    child.stderr?.on('data', (chunk: Buffer) => (err += chunk.toString()));
    const [code] = (await once(child, 'exit')) as [number];
    // A short run may have written everything before the reader went away.
    expect([0, 4]).toContain(code);
    expect(err).not.toMatch(/\n +at /);
  });
});
