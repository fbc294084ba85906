import 'reflect-metadata';
import { loadSettingsOrExit } from '@orchid/config';
import { createLogger, startTelemetry } from '@orchid/observability';

const settings = loadSettingsOrExit('api');
const { service, telemetry } = settings;
const logger = createLogger({
  name: service.name,
  level: service.logLevel,
  pretty: service.prettyLogs,
  secrets: settings.secrets,
});

/** What is instrumented must be loaded after telemetry has started: hence the import in here. */
async function main(): Promise<void> {
  const tracing = await startTelemetry({ serviceName: service.name, ...telemetry });
  const { startApi } = await import('./start-api.js');
  await startApi(settings, logger, tracing);
}

main().catch((error: unknown) => {
  const reason = error instanceof Error ? error.message : 'unknown';
  logger.fatal({ err: error }, `the api could not start: ${reason}`);
  process.exitCode = 1;
  // What was opened before the failure must not keep the process alive.
  setTimeout(() => process.exit(1), 1_000).unref();
});
