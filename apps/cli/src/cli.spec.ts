import { PassThrough } from 'node:stream';
import { type Quota, StopSignal } from '@orchid/engine';
import { type HttpClient, OutboundBlocked } from '@orchid/http-client';
import { DEFAULT_PLAN_CAPS } from '@orchid/plan';
import { runCli } from './cli';
import { checkPlan, schemaOf } from './plan/check-plan';
import { applySchema, guessSecrets } from './plan/config-values';
import { faultReport } from './plan/fault-report';
import { ProgressLine } from './plan/progress-line';
import { RequestBudget } from './plan/request-budget';
import { allowHint, WatchedHttpClient } from './plan/watched-http-client';

const caps = DEFAULT_PLAN_CAPS;

async function cli(...args: string[]) {
  const [out, err] = [new PassThrough(), new PassThrough()];
  const code = await runCli(args, { out, err, env: {}, onInterrupt: () => () => undefined });
  return { code, out: String(out.read() ?? ''), err: String(err.read() ?? '') };
}

describe('the command line', () => {
  it('has help with examples for every command, and a version', async () => {
    expect(await cli('--version')).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
    for (const command of [['plan', 'validate'], ['plan', 'run'], ['config'], ['migrate']]) {
      const { code, out } = await cli(...command, '--help');
      expect(code).toBe(0);
      expect(out).toMatch(/Examples?:/);
    }
  });

  it.each([
    ['an unknown command', ['plant']],
    ['an unknown option', ['plan', 'run', 'x.json', '--fast']],
    ['no file', ['plan', 'validate']],
    ['a number that is none', ['plan', 'run', 'x.json', '--max-requests', '0']],
    ['a destination without a port', ['plan', 'run', 'x.json', '--allow-private', 'localhost']],
    ['a time without end', ['plan', 'run', 'x.json', '--timeout', 'soon']],
    ['a file that is not there', ['plan', 'validate', '/nowhere/plan.json']],
  ])('answers %s with exit code 2 and a reason', async (_what, args) => {
    const { code, err } = await cli(...args);
    expect(code).toBe(2);
    expect(err).toMatch(args.length < 3 || args.includes('x.json') ? /\(orchid.* --help says more\)/ : /no such file/);
  });

  it('prints the settings, and ends with 78 when one that it needs is bad', async () => {
    expect(await cli('config')).toMatchObject({ code: 0, out: expect.stringContaining('MAX_LOOPS') });
    const err = new PassThrough();
    const env = { MAX_LOOPS: 'many' };
    const terminal = { out: new PassThrough(), err, env, onInterrupt: () => () => undefined };
    expect(await runCli(['plan', 'validate', 'x.json'], terminal)).toBe(78);
    expect(String(err.read())).toContain('MAX_LOOPS');
  });
});

describe('a plan with faults', () => {
  const text = [
    '{',
    '  "key": "contacts", "integration": "demo",',
    '  "step": {',
    '    "url": "{config.base}/contacts",',
    '    "whlie": "true",',
    '    "sub_steps": [{ "id": "a", "iterate_over": "response.body.x", "url": "{wrong.root}" }]',
    '  }',
    '}',
  ].join('\n');

  it('is told by file, line and column, with every fault', () => {
    const checked = checkPlan('plan.json', text, { caps });
    expect(checked.plan).toBeNull();
    expect(checked.errors.map(({ line, column }) => [line, column])).toEqual(
      expect.arrayContaining([
        [5, 5],
        [6, 67],
      ]),
    );
    const report = faultReport('plan.json', checked);
    expect(report).toMatch(/^plan\.json:\d+:\d+: error at \$\.step/);
    expect(report).toMatch(/plan\.json: invalid \(2 errors\)$/);
  });

  it('is warned of config fields that the schema does not know, in any of its forms', () => {
    const plan = '{ "key": "k", "integration": "i", "step": { "url": "{config.base_ulr}/x" } }';
    const schema = { type: 'object', properties: { base_url: { type: 'string' } } };
    for (const form of [schema, { name: 'n', schema }, { name: 'i', config_schema: { name: 'n', schema } }]) {
      const { warnings } = checkPlan('p', plan, { caps, configSchema: schemaOf(form) });
      expect(warnings).toEqual([expect.objectContaining({ code: 'unknown_config_field' })]);
    }
  });
});

describe('config values', () => {
  it('are secrets by their names where there is no schema', () => {
    const { secretFields, secrets } = guessSecrets({
      base_url: 'https://x',
      client_secret: 's-1',
      login: { user: 'u', password: 'p-1' },
      api_keys: ['k-1', 'k-2'],
    });
    expect([...secretFields]).toEqual(['client_secret', 'login', 'api_keys']);
    expect(secrets).toEqual(['s-1', 'p-1', 'k-1', 'k-2']);
  });

  it('are checked, filled up and known as secrets by the schema', async () => {
    const schema = {
      type: 'object',
      required: ['pin'],
      properties: { pin: { type: 'string', 'x-secret': true }, size: { type: 'integer', default: 25 } },
    };
    const { values, secretFields, secrets } = await applySchema('c', { pin: '1234' }, schema);
    expect(values).toEqual({ pin: '1234', size: 25 });
    expect([...secretFields, ...secrets]).toEqual(['pin', '1234']);
    await expect(applySchema('c', { pin: 55_667_788 }, schema)).rejects.toThrow(/pin must be string/);
    await expect(applySchema('c', { pin: 55_667_788 }, schema)).rejects.not.toThrow(/55667788/);
  });
});

describe('a limited number of requests', () => {
  const granting: Quota = {
    acquire: () =>
      Promise.resolve({
        kind: 'granted',
        waitedMs: 0,
        grant: { learn: () => Promise.resolve(null), release: () => Promise.resolve() },
      }),
  };

  it('cancels at the request too many, after those under way have their answers', async () => {
    const stop = new StopSignal();
    const budget = new RequestBudget(granting, 1, stop);
    const request = { signal: stop.signal } as Parameters<Quota['acquire']>[0];
    const first = await budget.acquire(request);
    const second = budget.acquire(request);
    expect([budget.isExhausted, stop.reason]).toEqual([true, null]);
    if (first.kind === 'granted') await first.grant.release();
    await expect(second).rejects.toBe(stop.signal.reason);
    expect(stop.reason).toBe('cancel');
  });
});

describe('a refused destination', () => {
  it('is named with the option that allows it', async () => {
    const refusing = (host: string): HttpClient => ({
      send: () => Promise.reject(new OutboundBlocked('address', host)),
      close: () => Promise.resolve(),
    });
    const request = { url: 'http://localhost:8080/x' } as Parameters<HttpClient['send']>[0];
    const direct = new WatchedHttpClient(refusing('localhost'));
    await expect(direct.send(request)).rejects.toThrow(OutboundBlocked);
    expect(allowHint(direct.blocked)).toContain('--allow-private localhost:8080');
    const redirected = new WatchedHttpClient(refusing('10.0.0.1'));
    await expect(redirected.send(request)).rejects.toThrow(OutboundBlocked);
    expect([...redirected.blocked]).toEqual(['10.0.0.1:*']);
  });
});

describe('the progress', () => {
  const shown = (rewrites: boolean) => {
    let now = 0;
    const stream = new PassThrough();
    const clock = { now: () => now, sleep: () => Promise.resolve() };
    const line = new ProgressLine({ stream, rewrites, clock });
    const shownRequest = { method: 'GET', url: '', shownUrl: '', shownHeaders: {} };
    const place = { stepPath: 'root', page: 1, itemIndex: null, method: 'GET', shown: shownRequest, body: null };
    const fact = { ...place, status: 200, response: null, durationMs: 1, errorCode: null };
    for (now = 0; now <= 4_000; now += 50) line.observer.requestSent?.(fact);
    line.observer.waiting?.('contacts', 2_000);
    line.clear();
    return String(stream.read());
  };

  it('is one line that is written over on a terminal', () => {
    const text = shown(true);
    expect(text.split('\n')).toHaveLength(2);
    expect(text).toContain('\r\u001b[Kpage 0, 81 requests, 0 messages, 20 requests/s');
    expect(text).toMatch(/waiting 2\.0 s for limit contacts\n$/);
  });

  it('is a line now and then elsewhere', () => {
    const lines = shown(false).trim().split('\n');
    expect(lines).toHaveLength(3);
    expect(lines.join('')).not.toContain('\u001b');
  });
});
