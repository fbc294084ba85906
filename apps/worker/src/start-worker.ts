import { NestFactory } from '@nestjs/core';
import { Logger as NestLogger } from 'nestjs-pino';
import type { Settings } from '@orchid/config';
import { HealthRegistry, onShutdown, startProbeServer, type Logger, type Telemetry } from '@orchid/observability';
import { openPorts } from './open-ports';
import { WorkerModule } from './worker.module';

const SHUTDOWN_GRACE_MS = 30_000;

/** Starts taking executions; resolves when the process is ready. SIGTERM and SIGINT end it in order. */
export async function startWorker(settings: Settings, logger: Logger, telemetry: Telemetry): Promise<void> {
  const opened = await openPorts(settings, logger);
  const { database, publisher, queue, metrics } = opened.ports;
  const health = new HealthRegistry()
    .register('database', () => database.ping())
    .register('redis', () => queue.ping())
    .register('broker', () => publisher.ping());
  const probes = await startProbeServer({ port: settings.http.port, health, metrics });
  const app = await NestFactory.createApplicationContext(WorkerModule.with(opened.ports), {
    abortOnError: false,
    logger: false,
  });
  app.useLogger(app.get(NestLogger));
  health.markStarted();
  const stop = async () => {
    health.markDraining();
    await app.close();
    await opened.close();
    await probes.close();
    await telemetry.shutdown();
    logger.info('worker stopped');
  };
  onShutdown(stop, logger, SHUTDOWN_GRACE_MS);
  // Last: whoever reads this may send a signal at once.
  logger.info({ port: probes.port }, 'worker ready');
}
