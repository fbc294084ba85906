import type { Logger } from './logger';

/**
 * Runs `stop` once at the first SIGTERM or SIGINT and ends the process: with 0 when it went well, with 1 when it failed or
 * took longer than `graceMs`.
 */
export function onShutdown(stop: () => Promise<void>, logger: Logger, graceMs: number): void {
  let stopping = false;
  const handle = (signal: NodeJS.Signals): void => {
    if (stopping) return;
    stopping = true;
    logger.info({ signal }, 'shutting down');
    setTimeout(() => end(new Error(`not finished within ${graceMs} ms`)), graceMs).unref();
    stop().then(() => end(null), end);
  };
  const end = (error: unknown): void => {
    if (error !== null) logger.error({ err: error }, 'the shutdown failed');
    process.exit(error === null ? 0 : 1);
  };
  process.on('SIGTERM', handle);
  process.on('SIGINT', handle);
}
