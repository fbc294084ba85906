import { boolean, bytes, duration, integer, matching } from './kind';
import { setting, type App } from './setting';

const MINUTE = 60_000;
const DAY = 86_400_000;
const PLANNERS: readonly App[] = ['api', 'worker', 'cli'];
const WORKER: readonly App[] = ['worker'];
const SCHEDULER: readonly App[] = ['scheduler'];

export const schedulerSettings = {
  enabled: setting('SCHEDULER_ENABLED', boolean, {
    default: 'true',
    description: 'Whether due plans are started. `false` leaves only triggers by hand.',
    apps: SCHEDULER,
  }),
  pollIntervalMs: setting('SCHEDULER_POLL_INTERVAL', duration({ min: 100, max: 60 * MINUTE }), {
    default: '30s',
    description: 'How often due plans are looked for when nothing wakes the scheduler before.',
    apps: SCHEDULER,
  }),
};

export const workerSettings = {
  queue: setting('JOB_QUEUE', matching(/^[\w.-]{1,64}$/, 'up to 64 letters, digits, dots, dashes; no colon'), {
    default: 'orchid-jobs',
    description: 'Name of the job queue in Redis.',
  }),
  concurrency: setting('WORKER_CONCURRENCY', integer({ min: 1, max: 1_000 }), {
    default: '10',
    description: 'How many executions one worker runs at once.',
    apps: WORKER,
  }),
  jobAttempts: setting('JOB_ATTEMPTS', integer({ min: 1, max: 100 }), {
    default: '3',
    description: 'How often an execution may lose its worker before it becomes a dead letter.',
    apps: WORKER,
  }),
  parkAfterMs: setting('PARK_AFTER', duration({ min: 0, max: 60 * MINUTE }), {
    default: '15s',
    description: 'A longer wait does not hold a worker: the execution is parked and resumes later.',
    apps: WORKER,
  }),
  fanoutChunkSize: setting('FANOUT_CHUNK_SIZE', integer({ min: 1, max: 10_000 }), {
    default: '500',
    description: 'More items than this are divided into child jobs of this size.',
    apps: WORKER,
  }),
};

export const limitSettings = {
  maxExecutionMs: setting('MAX_EXECUTION_TIME', duration({ min: 1_000, max: 7 * DAY }), {
    default: '24h',
    description: 'The largest `max_execution_seconds` of a plan.',
    apps: PLANNERS,
  }),
  maxLoops: setting('MAX_LOOPS', integer({ min: 1, max: 10_000_000 }), {
    default: '100000',
    description: 'The largest `max_loops` of a plan.',
    apps: PLANNERS,
  }),
  maxNestingDepth: setting('MAX_NESTING_DEPTH', integer({ min: 0, max: 20 }), {
    default: '10',
    description: 'The largest `max_nesting_depth` of a plan.',
    apps: PLANNERS,
  }),
  defaultConcurrency: setting('DEFAULT_CONCURRENCY', integer({ min: 1, max: 1_000 }), {
    default: '50',
    description: 'Items of a fan-out in flight where the step does not say.',
    apps: PLANNERS,
  }),
  maxResponseBytes: setting('MAX_RESPONSE_BYTES', bytes({ min: 1_024, max: 1_073_741_824 }), {
    default: '100MiB',
    description: 'The largest `max_response_bytes` of a step: a decoded body.',
    apps: PLANNERS,
  }),
  maxRequestBytes: setting('MAX_REQUEST_BYTES', bytes({ min: 1_024, max: 1_073_741_824 }), {
    default: '50MiB',
    description: 'The largest `max_request_bytes` of a plan: a body sent.',
    apps: PLANNERS,
  }),
};

const days = integer({ min: 1, max: 36_500 });

export const retentionSettings = {
  executionsDays: setting('RETENTION_EXECUTIONS_DAYS', days, {
    default: '30',
    description: 'Days after which a finished execution is removed.',
    apps: SCHEDULER,
  }),
  eventsDays: setting('RETENTION_EVENTS_DAYS', days, {
    default: '30',
    description: 'Days after which a delivered event is removed.',
    apps: SCHEDULER,
  }),
};
