import type { HealthRegistry } from './health';
import type { Metrics } from './metrics';

export interface ProbeAnswer {
  readonly status: 200 | 503;
  readonly contentType: string;
  readonly body: string;
}

export interface ProbeSources {
  readonly health: HealthRegistry;
  readonly metrics: Pick<Metrics, 'text' | 'contentType'>;
}

export const PROBE_PATHS = ['/health', '/healthz', '/live', '/metrics'] as const;
export type ProbePath = (typeof PROBE_PATHS)[number];

/**
 * What each process answers on its probe paths: `/health` every dependency with status and latency, `/healthz` whether
 * work may be sent here, `/live` that the process is not stuck, `/metrics` for Prometheus.
 */
export async function answerProbe(path: ProbePath, { health, metrics }: ProbeSources): Promise<ProbeAnswer> {
  switch (path) {
    case '/health': {
      const { status, checks } = await health.report();
      return json(status === 'up', { status, checks });
    }
    case '/healthz': {
      const { ready } = await health.report();
      return json(ready, { status: ready ? 'up' : 'down' });
    }
    case '/live':
      return json(true, { status: 'up' });
    case '/metrics':
      return { status: 200, contentType: metrics.contentType, body: await metrics.text() };
  }
}

export function isProbePath(path: string): path is ProbePath {
  return PROBE_PATHS.some((each) => each === path);
}

function json(good: boolean, content: object): ProbeAnswer {
  return { status: good ? 200 : 503, contentType: 'application/json', body: JSON.stringify(content) };
}
