import { isRunning } from './server-process';
import { SERVICES } from './services';
import { SERVICE_NAMES, type ServiceName } from './stack-service';
import type { StackState } from './stack-state';

export interface ServiceStatus {
  readonly status: 'up' | 'down';
  readonly origin?: string;
  readonly url?: string;
  readonly pid?: number;
  readonly version?: string;
}

export interface StackStatus {
  readonly services: Readonly<Record<ServiceName, ServiceStatus>>;
  readonly broker: 'kafka' | 'file';
}

/** Asks every service of the stack whether it answers. */
export async function stackStatus(state: StackState | undefined): Promise<StackStatus> {
  const entries = await Promise.all(SERVICE_NAMES.map(async (name) => [name, await statusOf(name, state)] as const));
  const services = Object.fromEntries(entries) as Record<ServiceName, ServiceStatus>;
  return { services, broker: services.kafka.status === 'up' ? 'kafka' : 'file' };
}

/** Whether Orchid can run on this stack: a broker is not needed, it writes to files without one. */
export function isUsable({ services }: StackStatus): boolean {
  return services.postgres.status === 'up' && services.redis.status === 'up';
}

async function statusOf(name: ServiceName, state: StackState | undefined): Promise<ServiceStatus> {
  const record = state?.services[name];
  if (record === undefined) return { status: 'down' };
  // The server itself is started last.
  const server = record.processes.at(-1);
  const alive = record.processes.every(isRunning);
  const answer = alive && (await SERVICES[name].ping(record.url).then(toAnswer, () => undefined));
  const version = record.version ?? (answer === false ? undefined : answer?.version);
  return {
    status: answer === false || answer === undefined ? 'down' : 'up',
    origin: record.origin,
    url: record.url,
    ...(server !== undefined && { pid: server.pid }),
    ...(version !== undefined && { version }),
  };
}

function toAnswer(version: string | undefined): { readonly version: string | undefined } {
  return { version };
}
