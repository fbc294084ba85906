import { NestFactory } from '@nestjs/core';
import type { Settings } from '@orchid/config';
import { systemClock } from '@orchid/kernel';
import {
  createMetrics,
  HealthRegistry,
  onShutdown,
  startProbeServer,
  type Logger,
  type Telemetry,
} from '@orchid/observability';
import { Database } from '@orchid/persistence';
import { ExecutionQueue } from '@orchid/queue';
import { Logger as NestLogger } from 'nestjs-pino';
import { SchedulerModule } from './scheduler.module';

const SHUTDOWN_GRACE_MS = 30_000;

/** Starts looking for due plans; resolves when the process is ready. SIGTERM and SIGINT end it in order. */
export async function startScheduler(settings: Settings, logger: Logger, telemetry: Telemetry): Promise<void> {
  const { database: db, redis, worker, service } = settings;
  const database = await Database.connect({
    url: db.url,
    poolSize: db.maxOpenConnections,
    applicationName: service.name,
  });
  await database.assertSafeRole();
  const onError = (error: Error) => logger.warn({ err: error }, 'the queue reports trouble');
  const queue = new ExecutionQueue({ redisUrl: redis.url, name: worker.queue, keyPrefix: redis.keyPrefix }, onError);
  const metrics = createMetrics({ app: 'scheduler' });
  metrics.onCollect(async () => {
    const { waiting, active, delayed } = await queue.counts();
    metrics.queueJobs.set({ state: 'waiting' }, waiting);
    metrics.queueJobs.set({ state: 'active' }, active);
    metrics.queueJobs.set({ state: 'delayed' }, delayed);
  });
  const health = new HealthRegistry().register('database', () => database.ping()).register('redis', () => queue.ping());
  const probes = await startProbeServer({ port: settings.http.port, health, metrics });
  const ports = { settings, logger, metrics, clock: systemClock, database, queue };
  const app = await NestFactory.createApplicationContext(SchedulerModule.with(ports), {
    abortOnError: false,
    logger: false,
  });
  app.useLogger(app.get(NestLogger));
  health.markStarted();
  const stop = async () => {
    health.markDraining();
    await app.close();
    await queue.close();
    await database.close();
    await probes.close();
    await telemetry.shutdown();
    logger.info('scheduler stopped');
  };
  onShutdown(stop, logger, SHUTDOWN_GRACE_MS);
  // Last: whoever reads this may send a signal at once.
  logger.info({ port: probes.port }, 'scheduler ready');
}
