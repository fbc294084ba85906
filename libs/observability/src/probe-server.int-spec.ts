import { createServer } from 'node:http';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { HealthRegistry } from './health';
import { createMetrics } from './metrics';
import { startProbeServer } from './probe-server';

const health = new HealthRegistry();
const metrics = createMetrics({ app: 'worker', defaultMetrics: false });

describe('startProbeServer', () => {
  it('serves the probe paths and nothing else', async () => {
    health.markStarted();
    const server = await startProbeServer({ port: 0, health, metrics });
    const status = async (url: string, method = 'GET') =>
      (await fetch(`http://127.0.0.1:${server.port}${url}`, { method })).status;
    try {
      expect(await status('/health?verbose')).toBe(200);
      expect(await status('/healthz')).toBe(200);
      expect(await status('/live')).toBe(200);
      expect(await status('/metrics')).toBe(200);
      expect(await status('/')).toBe(404);
      expect(await status('/live', 'POST')).toBe(405);
    } finally {
      await server.close();
    }
    await expect(status('/live')).rejects.toThrow();
  });

  it('says which port is taken and which setting changes it', async () => {
    const first = await startProbeServer({ port: 0, health, metrics });
    const second = startProbeServer({ port: first.port, health, metrics });
    await expect(second).rejects.toThrow(`Port ${first.port} is taken by another process: set PORT to a free one.`);
    await first.close();
  });
});

describe('startTelemetry', () => {
  const script = `
    const { startTelemetry, withSpan, currentTraceIds, traceHeaders } = require(${JSON.stringify(path.join(__dirname, 'index.ts'))});
    void (async () => {
      const settings = { serviceName: 'orchid-test', enabled: true, endpoint: process.env.COLLECTOR, protocol: 'http/json' };
      const telemetry = await startTelemetry(settings);
      const parent = { traceparent: '00-' + 'a'.repeat(32) + '-' + 'b'.repeat(16) + '-01' };
      await withSpan('work', { parent }, async () => console.log(JSON.stringify({ ...currentTraceIds(), ...traceHeaders() })));
      await telemetry.shutdown();
    })();`;

  it('exports a span that continues the trace of its cause', async () => {
    const received: string[] = [];
    const collector = createServer((request, response) => {
      request.setEncoding('utf8').on('data', (chunk: string) => received.push(chunk));
      request.on('end', () => response.end('{}'));
    });
    await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', () => resolve()));
    const address = collector.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    // A process of its own: instrumentation patches the modules of whoever loads it.
    const { stdout } = await promisify(execFile)(process.execPath, ['-r', '@swc-node/register', '-e', script], {
      env: { PATH: process.env.PATH, COLLECTOR: `http://127.0.0.1:${port}` },
    });
    collector.close();
    expect(JSON.parse(stdout)).toMatchObject({
      trace_id: 'a'.repeat(32),
      traceparent: expect.stringContaining('a'.repeat(32)),
    });
    expect(received.join('')).toContain('"orchid-test"');
    expect(received.join('')).toContain('a'.repeat(32));
  });
});
