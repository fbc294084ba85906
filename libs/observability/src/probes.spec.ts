import { HealthRegistry } from './health';
import { createMetrics, statusClass } from './metrics';
import { answerProbe } from './probes';

const up = () => Promise.resolve();
const down = () => Promise.reject(Object.assign(new Error('password canary'), { code: 'ECONNREFUSED' }));

describe('HealthRegistry', () => {
  it('reports every dependency with its latency', async () => {
    const health = new HealthRegistry().register('database', up).register('broker', down);
    health.markStarted();
    expect(await health.report()).toEqual({
      status: 'down',
      ready: false,
      checks: {
        database: { status: 'up', latency_ms: expect.any(Number) },
        broker: { status: 'down', latency_ms: expect.any(Number), error: 'ECONNREFUSED' },
      },
    });
  });

  it('gives up a check that does not answer, and one that throws at once', async () => {
    const health = new HealthRegistry(10)
      .register('stuck', () => new Promise(() => undefined))
      .register('broken', () => {
        throw new Error('canary');
      });
    const { checks } = await health.report();
    expect(checks).toMatchObject({
      stuck: { status: 'down', error: 'timeout' },
      broken: { status: 'down', error: 'failed' },
    });
    expect(JSON.stringify(checks)).not.toContain('canary');
  });

  it('asks the dependencies once for watchers at the same time', async () => {
    let asked = 0;
    const health = new HealthRegistry().register('database', () => Promise.resolve((asked += 1)));
    await Promise.all([health.report(), health.report(), health.report()]);
    expect(asked).toBe(1);
  });

  it('is ready from start to draining, whatever an optional check says', async () => {
    const health = new HealthRegistry().register('database', up).register('collector', down, { required: false });
    const ready = async () => (await health.report()).ready;
    expect(await ready()).toBe(false);
    health.markStarted();
    expect(await ready()).toBe(true);
    health.markDraining();
    expect(await ready()).toBe(false);
  });
});

describe('answerProbe', () => {
  it('answers each path', async () => {
    const health = new HealthRegistry().register('redis', down);
    health.markStarted();
    const sources = { health, metrics: createMetrics({ app: 'worker' }) };
    expect(await answerProbe('/health', sources)).toMatchObject({
      status: 503,
      body: expect.stringContaining('"redis"'),
    });
    expect(await answerProbe('/healthz', sources)).toMatchObject({ status: 503, body: '{"status":"down"}' });
    expect(await answerProbe('/live', sources)).toMatchObject({ status: 200 });
    const metrics = await answerProbe('/metrics', sources);
    expect(metrics.contentType).toContain('text/plain');
    expect(metrics.body).toContain('nodejs_eventloop_lag_p99_seconds{app="worker"}');
  });
});

describe('createMetrics', () => {
  it('counts under the names and labels of its definitions', async () => {
    const metrics = createMetrics({ app: 'worker', defaultMetrics: false });
    metrics.outboundRequests.inc({ method: 'GET', status_class: statusClass(204) });
    metrics.executions.inc({ status: 'success' }, 2);
    metrics.limiterWait.observe({ outcome: 'granted' }, 0.2);
    metrics.activeExecutions.add({}, 3);
    metrics.activeExecutions.add({}, -1);
    metrics.onCollect(() => metrics.queueJobs.set({ state: 'waiting' }, 7));
    metrics.onCollect(() => Promise.reject(new Error('Redis is gone')));
    const text = await metrics.text();
    for (const line of [
      'orchid_outbound_requests_total{method="GET",status_class="2xx",app="worker"} 1',
      'orchid_executions_total{status="success",app="worker"} 2',
      'orchid_limiter_wait_seconds_bucket{le="0.5",app="worker",outcome="granted"} 1',
      'orchid_active_executions{app="worker"} 2',
      'orchid_queue_jobs{state="waiting",app="worker"} 7',
    ]) {
      expect(text.split('\n')).toContain(line);
    }
  });

  it('bounds its labels, whatever it is given', async () => {
    const metrics = createMetrics({ app: 'api', defaultMetrics: false });
    for (let n = 0; n < 1_000; n += 1) metrics.httpRequests.inc({ method: 'GET', route: `/${n}`, status_class: '2xx' });
    metrics.httpRequests.inc({ method: 'BREW' as 'GET', route: '/1', status_class: '4xx' });
    const series = (await metrics.text()).split('\n').filter((line) => line.startsWith('orchid_http_requests_total{'));
    expect(series).toHaveLength(202);
    expect(series.find((line) => line.includes('route="other"'))).toMatch(/ 800$/);
    expect(series.find((line) => line.includes('4xx'))).toContain('method="other"');
  });

  it('follows the naming conventions and describes itself', async () => {
    const text = await createMetrics({ app: 'api', defaultMetrics: false }).text();
    const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type = '']) => ({ name, type }));
    expect(types.length).toBeGreaterThan(12);
    for (const { name, type } of types) {
      expect(name).toMatch(/^orchid_[a-z_]+$/);
      expect({ name, ok: type === 'counter' ? name.endsWith('_total') : !name.endsWith('_total') }).toEqual({
        name,
        ok: true,
      });
      if (type === 'histogram') expect(name).toMatch(/_seconds$/);
    }
  });

  it.each([
    [200, '2xx'],
    [304, '3xx'],
    [599, '5xx'],
    [null, 'none'],
    [999, 'none'],
  ])('classes the status %s as %s', (status, expected) => {
    expect(statusClass(status)).toBe(expected);
  });
});
