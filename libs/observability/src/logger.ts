import pino, { type DestinationStream, type Logger as PinoLogger, type LoggerOptions } from 'pino';
import { REDACTED, Redactor } from '@orchid/kernel';
import { currentLogContext } from './log-context';
import { redactFields } from './log-redaction';
import { prettyStream } from './pretty-stream';
import { currentTraceIds } from './trace';

export type Logger = PinoLogger;

export interface LoggerSettings {
  readonly name: string;
  readonly level: string;
  readonly pretty?: boolean;
  /** Values that must never be written, in whatever field or message they turn up. */
  readonly secrets?: Iterable<string>;
  /** Standard output unless given. */
  readonly destination?: DestinationStream;
}

/** Bindings of request loggers bypass {@link redactFields}, so the headers that they hold are named here too. */
const HEADER_PATHS = ['req', 'res', 'request', 'response'].flatMap((message) =>
  ['authorization', 'cookie', 'proxy-authorization', 'set-cookie', 'x-api-key'].map(
    (name) => `${message}.headers["${name}"]`,
  ),
);

/**
 * The logger of a process: one JSON object a line with the log context and the trace ids. Fields named like secrets and
 * the given secret values come out as `[REDACTED]`.
 */
export function createLogger({ name, level, pretty = false, secrets = [], destination }: LoggerSettings): Logger {
  const redactor = new Redactor(secrets);
  const options: LoggerOptions = {
    name,
    level,
    base: { name },
    mixin: () => ({ ...currentLogContext(), ...currentTraceIds() }),
    formatters: { log: redactFields, bindings: redactFields },
    redact: { paths: HEADER_PATHS, censor: REDACTED },
    serializers: { err: serializeError },
    hooks: { streamWrite: (line) => redactor.text(line) },
  };
  const output = destination ?? (pretty ? prettyStream(process.stdout) : pino.destination({ fd: 1, sync: true }));
  return pino(options, output);
}

/** Errors of clients carry their whole request, credentials included: only these facts of one are written. */
function serializeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { code, details } = error as { code?: unknown; details?: unknown };
  return {
    type: error.name,
    message: error.message,
    stack: error.stack,
    ...(code !== undefined && { code }),
    ...(isRecord(details) && { details: redactFields(details) }),
    ...(error.cause !== undefined && { cause: serializeError(error.cause) }),
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
