import { context, propagation, trace } from '@opentelemetry/api';
import fc from 'fast-check';
import { OrchidError } from '@orchid/kernel';
import { withLogContext } from './log-context';
import { redactFields } from './log-redaction';
import { createLogger } from './logger';
import { formatLine } from './pretty-stream';
import { startTelemetry } from './telemetry';
import { currentTraceIds, traceHeaders, withSpan } from './trace';

function logged(secrets: string[] = []) {
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
  return { lines, logger: createLogger({ name: 'test', level: 'info', secrets, destination }) };
}

describe('createLogger', () => {
  it('writes the context of the operation, also after an await', async () => {
    const { lines, logger } = logged();
    await withLogContext({ tenant_id: 't', execution_id: 'e' }, async () => {
      await Promise.resolve();
      withLogContext({ step_path: 'root' }, () => logger.info({ page: 2 }, 'page read'));
    });
    logger.info('outside');
    expect(lines[0]).toMatchObject({
      name: 'test',
      msg: 'page read',
      tenant_id: 't',
      execution_id: 'e',
      step_path: 'root',
      page: 2,
    });
    expect(lines[1]).not.toHaveProperty('tenant_id');
  });

  it('masks fields named like secrets at any depth and leaves others', () => {
    const { lines, logger } = logged();
    logger.info(
      {
        flow: { client_secret: 'canary', deep: [{ refresh_token: 'canary', expires_in: 5 }] },
        apiKey: 'canary',
        tokens: 3,
      },
      'x',
    );
    expect(lines[0]).toMatchObject({ flow: { client_secret: '[REDACTED]', deep: [{ expires_in: 5 }] }, tokens: 3 });
    expect(JSON.stringify(lines)).not.toContain('canary');
  });

  it('masks credentials in the bindings of request loggers', () => {
    const { lines, logger } = logged();
    const headers = { authorization: 'Bearer canary', cookie: 'canary', accept: '*/*' };
    logger.child({ req: { headers } }).info({ res: { headers: { 'set-cookie': 'canary' } } }, 'done');
    expect(lines[0]).toMatchObject({ req: { headers: { accept: '*/*' } } });
    expect(JSON.stringify(lines)).not.toContain('canary');
  });

  it('masks known secret values wherever they turn up', () => {
    const { lines, logger } = logged(['canary"value']);
    logger.info(
      { note: ['sent canary"value'], url: `https://x/?k=${encodeURIComponent('canary"value')}` },
      'the canary"value',
    );
    logger.error({ err: new Error('refused canary"value') }, 'failed');
    expect(JSON.stringify(lines)).not.toContain('canary');
  });

  it('writes of an error its facts and causes, not what a client hung on it', () => {
    const { lines, logger } = logged();
    const cause = Object.assign(new Error('socket closed'), { config: { headers: { 'x-anything': 'canary' } } });
    logger.error(
      { err: new OrchidError('gone', { code: 'gone', details: { status: 410, api_key: 'canary' }, cause }) },
      'failed',
    );
    const err = { type: 'OrchidError', code: 'gone', details: { status: 410 }, cause: { message: 'socket closed' } };
    expect(lines[0]).toMatchObject({ err });
    expect(JSON.stringify(lines)).not.toContain('canary');
  });
});

describe('redactFields', () => {
  it('never lets a value under a secret name through, however it is nested', () => {
    const wrap = fc.array(fc.constantFrom('a', 'b', 0), { maxLength: 6 });
    const names = fc.constantFrom(
      'password',
      'client_secret',
      'access_token',
      'Authorization',
      'x-api-key',
      'privateKey',
    );
    fc.assert(
      fc.property(wrap, names, (path, name) => {
        const inner: unknown = { [name]: 'canary', plain: 'kept' };
        const nested = path.reduce((value, step) => (step === 0 ? [value] : { [step]: value }), inner);
        const text = JSON.stringify(redactFields({ nested }));
        expect(text).not.toContain('canary');
        expect(text).toContain('kept');
      }),
    );
  });

  it('ends on a cycle', () => {
    const ring: Record<string, unknown> = {};
    ring.self = ring;
    expect(JSON.stringify(redactFields(ring))).toContain('[deep]');
  });
});

describe('formatLine', () => {
  it('shows time, message, fields and the stack', () => {
    const line = formatLine(
      JSON.stringify({ level: 30, time: 0, msg: 'hello', page: 2, err: { stack: 'Error: x\n  at y' } }),
    );
    expect(line).toMatch(/^.*00:00:00\.000.*INFO.*hello.*page=.*2\n {4}Error: x\n {6}at y\n$/);
  });

  it('passes on what is no JSON', () => {
    expect(formatLine('plain\n')).toBe('plain\n');
  });
});

describe('telemetry', () => {
  afterEach(() => {
    trace.disable();
    context.disable();
    propagation.disable();
  });

  it('is nothing while it is off', async () => {
    const telemetry = await startTelemetry({
      serviceName: 't',
      enabled: false,
      endpoint: 'http://x',
      protocol: 'grpc',
    });
    await withSpan('work', {}, () => {
      expect([currentTraceIds(), traceHeaders()]).toEqual([undefined, {}]);
      return Promise.resolve();
    });
    await telemetry.shutdown();
  });
});
