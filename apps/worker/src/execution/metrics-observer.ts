import type { ExecutionObserver } from '@orchid/engine';
import { statusClass, type Metrics } from '@orchid/observability';

const SECOND = 1_000;

/** Counts what the engine does. */
export function metricsObserver(metrics: Metrics): ExecutionObserver {
  return {
    requestSent: ({ method, status, durationMs }) => {
      const status_class = statusClass(status);
      metrics.outboundRequests.inc({ method: method as 'GET', status_class });
      metrics.outboundDuration.observe({ status_class }, durationMs / SECOND);
    },
    published: (channel, messages, milliseconds) => {
      metrics.published.inc({ channel }, messages);
      metrics.publishDuration.observe({ outcome: 'success' }, milliseconds / SECOND);
    },
    waiting: (_limit, milliseconds) => {
      metrics.limiterWait.observe({ outcome: 'deferred' }, milliseconds / SECOND);
    },
  };
}
