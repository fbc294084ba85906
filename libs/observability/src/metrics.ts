import { collectDefaultMetrics, Registry } from 'prom-client';
import { InstrumentMaker } from './instruments';

export const STATUS_CLASSES = ['1xx', '2xx', '3xx', '4xx', '5xx', 'none'] as const;
export type StatusClass = (typeof STATUS_CLASSES)[number];
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
const FINAL_STATUSES = ['success', 'failed', 'aborted', 'cancelled'] as const;

const NETWORK_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const WAIT_SECONDS = [0.001, 0.01, 0.1, 0.5, 1, 5, 15, 60, 300];
const EXECUTION_SECONDS = [0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 14_400];

/** `2xx` for 204; `none` for a request that got no answer. */
export function statusClass(status: number | null): StatusClass {
  return STATUS_CLASSES.find((each) => status !== null && each === `${Math.floor(status / 100)}xx`) ?? 'none';
}

export interface MetricsOptions {
  readonly app: string;
  /** CPU, memory, event loop delay and garbage collection of the process: on unless a test turns them off. */
  readonly defaultMetrics?: boolean;
}

/** Everything Orchid measures. No label holds a tenant, plan, id, host or path. */
export type Metrics = ReturnType<typeof createMetrics>;

/** The metrics of one process, in a registry of their own; `app` labels every one of them. */
export function createMetrics({ app, defaultMetrics = true }: MetricsOptions) {
  const registry = new Registry();
  registry.setDefaultLabels({ app });
  if (defaultMetrics) collectDefaultMetrics({ register: registry });
  const make = new InstrumentMaker(registry);
  const collectors: (() => Promise<void> | void)[] = [];
  return {
    ...requestInstruments(make),
    ...executionInstruments(make),
    ...processInstruments(make),
    contentType: registry.contentType,
    /** Runs before each scrape, for gauges that are read rather than counted. A failing one leaves its gauge as it was. */
    onCollect: (collector: () => Promise<void> | void) => void collectors.push(collector),
    /** The metrics in Prometheus' text format. */
    text: async () => {
      await Promise.allSettled(collectors.map(async (collect) => collect()));
      return registry.metrics();
    },
  };
}

function requestInstruments(make: InstrumentMaker) {
  return {
    outboundRequests: make.counter({
      name: 'orchid_outbound_requests_total',
      help: 'Requests sent to the APIs that plans read, retries included, by class of the answer.',
      labels: { method: METHODS, status_class: STATUS_CLASSES },
    }),
    outboundDuration: make.histogram(
      {
        name: 'orchid_outbound_request_duration_seconds',
        help: 'From connecting to the last byte.',
        labels: { status_class: STATUS_CLASSES },
      },
      NETWORK_SECONDS,
    ),
    limiterWait: make.histogram(
      {
        name: 'orchid_limiter_wait_seconds',
        help: 'Time a request waited for its rate limits.',
        labels: { outcome: ['granted', 'deferred', 'unavailable'] },
      },
      WAIT_SECONDS,
    ),
    tokenRefreshes: make.counter({
      name: 'orchid_token_refreshes_total',
      help: 'Calls of token endpoints.',
      labels: { outcome: ['success', 'failure'] },
    }),
  };
}

function executionInstruments(make: InstrumentMaker) {
  return {
    published: make.counter({
      name: 'orchid_published_messages_total',
      help: 'Messages that the broker acknowledged.',
      labels: { channel: ['responses', 'errors', 'events'] },
    }),
    publishDuration: make.histogram(
      {
        name: 'orchid_publish_duration_seconds',
        help: 'From handing over to the acknowledgement.',
        labels: { outcome: ['success', 'failure'] },
      },
      NETWORK_SECONDS,
    ),
    checkpoints: make.counter({
      name: 'orchid_checkpoints_total',
      help: 'Checkpoints written; `lost` when another worker owned the execution by then.',
      labels: { outcome: ['written', 'lost'] },
    }),
    executions: make.counter({
      name: 'orchid_executions_total',
      help: 'Executions that ended, by status.',
      labels: { status: FINAL_STATUSES },
    }),
    executionDuration: make.histogram(
      {
        name: 'orchid_execution_duration_seconds',
        help: 'From start to end, parking included.',
        labels: { status: FINAL_STATUSES },
      },
      EXECUTION_SECONDS,
    ),
    activeExecutions: make.gauge({
      name: 'orchid_active_executions',
      help: 'Executions that this process runs now.',
      labels: {},
    }),
  };
}

function processInstruments(make: InstrumentMaker) {
  return {
    queueJobs: make.gauge({
      name: 'orchid_queue_jobs',
      help: 'Jobs in the queue, by state.',
      labels: { state: ['waiting', 'active', 'delayed', 'prioritized', 'failed', 'paused'] },
    }),
    dueLag: make.histogram(
      {
        name: 'orchid_schedule_lag_seconds',
        help: 'From when a plan was due to its execution being queued.',
        labels: {},
      },
      WAIT_SECONDS,
    ),
    recoveredExecutions: make.counter({
      name: 'orchid_recovered_executions_total',
      help: 'Executions found without a live job and queued again.',
      labels: {},
    }),
    deadLetters: make.counter({
      name: 'orchid_dead_letters_total',
      help: 'Dead letters made.',
      labels: { kind: ['execution', 'event'] },
    }),
    httpRequests: make.counter({
      name: 'orchid_http_requests_total',
      help: 'Requests that this process answered, by route pattern.',
      labels: { method: METHODS, route: 'open', status_class: STATUS_CLASSES },
    }),
    httpDuration: make.histogram(
      {
        name: 'orchid_http_request_duration_seconds',
        help: 'Time to the end of the answer.',
        labels: { route: 'open' },
      },
      NETWORK_SECONDS,
    ),
  };
}
