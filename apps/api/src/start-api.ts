import type { AddressInfo } from 'node:net';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Settings } from '@orchid/config';
import { onShutdown, PortUnavailable, type Logger, type Telemetry } from '@orchid/observability';
import { createApp } from './create-app';
import { openPorts } from './open-ports';

const SHUTDOWN_GRACE_MS = 30_000;
const SWEEP_MS = 200;

/** Serves the API; resolves when it listens. SIGTERM and SIGINT end it in order. */
export async function startApi(settings: Settings, logger: Logger, telemetry: Telemetry): Promise<void> {
  const closing = new AbortController();
  const opened = await openPorts(settings, logger, closing.signal);
  const { health } = opened.ports;
  const app = await createApp(opened.ports);
  const port = await listen(app, settings.http);
  health.markStarted();
  const address = `http://localhost:${port}`;
  logger.info(
    { port, docs: `${address}/docs`, health: `${address}/health` },
    `api ready: ${address}/docs and ${address}/health`,
  );
  const stop = async () => {
    health.markDraining();
    closing.abort();
    await closeServer(app);
    await opened.close();
    await telemetry.shutdown();
    logger.info('api stopped');
  };
  onShutdown(stop, logger, SHUTDOWN_GRACE_MS);
}

/** Throws `PortUnavailable`. */
async function listen(app: NestExpressApplication, http: Settings['http']): Promise<number> {
  const server = app.getHttpServer();
  server.requestTimeout = http.readTimeoutSeconds * 1_000;
  server.headersTimeout = Math.min(server.headersTimeout, server.requestTimeout);
  server.keepAliveTimeout = http.idleTimeoutSeconds * 1_000;
  server.timeout = http.writeTimeoutSeconds * 1_000;
  try {
    await app.listen(http.port);
  } catch (error) {
    throw new PortUnavailable(http.port, error as NodeJS.ErrnoException);
  }
  return (server.address() as AddressInfo).port;
}

/** Lets requests under way end; connections that only wait for another one are closed. */
async function closeServer(app: NestExpressApplication): Promise<void> {
  const server = app.getHttpServer();
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
  try {
    await app.close();
  } finally {
    clearInterval(sweep);
  }
}
