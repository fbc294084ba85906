import { loadSettingsOrExit, type App, type Settings } from '@orchid/config';
import { createLogger, type Logger } from './logger';
import { startTelemetry, type Telemetry } from './telemetry';

/** Resolves when the process is ready; what it opened is closed by its own signal handler. */
export type StartProcess = (settings: Settings, logger: Logger, telemetry: Telemetry) => Promise<void>;

/**
 * The `main` of an app: settings, log and telemetry, then the app itself, which `load` imports - libraries are instrumented as
 * they are loaded. A failed start is logged and ends the process with status 1; a bad setting with 78.
 */
export async function runProcess(app: App, load: () => Promise<StartProcess>): Promise<void> {
  const settings = loadSettingsOrExit(app);
  const { service, telemetry } = settings;
  const { name, logLevel: level, prettyLogs: pretty } = service;
  const logger = createLogger({ name, level, pretty, secrets: settings.secrets });
  for (const warning of settings.warnings) logger.warn(warning);
  try {
    const tracing = await startTelemetry({ serviceName: name, ...telemetry });
    const start = await load();
    await start(settings, logger, tracing);
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown';
    logger.fatal({ err: error }, `the ${app} could not start: ${reason}`);
    process.exitCode = 1;
    // What was opened before the failure must not keep the process alive.
    setTimeout(() => process.exit(1), 1_000).unref();
  }
}
