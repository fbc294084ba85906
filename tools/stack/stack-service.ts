import type { Machine } from './machine';
import type { ProcessRecord } from './server-process';

export const SERVICE_NAMES = ['postgres', 'redis', 'kafka', 'rabbitmq'] as const;
export type ServiceName = (typeof SERVICE_NAMES)[number];

export const SERVICE_LABELS: Readonly<Record<ServiceName, string>> = {
  postgres: 'PostgreSQL',
  redis: 'Redis',
  kafka: 'Kafka',
  rabbitmq: 'RabbitMQ',
};

/** The setting that names a server which runs already, and under which consumers find the stack's. */
export const URL_VARIABLES: Readonly<Record<ServiceName, string>> = {
  postgres: 'DATABASE_URL',
  redis: 'REDIS_URL',
  kafka: 'KAFKA_BROKERS',
  rabbitmq: 'RABBITMQ_URL',
};

/** The setting that fixes a server's port; the compose file reads the same ones. */
export const PORT_VARIABLES: Readonly<Record<ServiceName, string>> = {
  postgres: 'ORCHID_PG_PORT',
  redis: 'ORCHID_REDIS_PORT',
  kafka: 'ORCHID_KAFKA_PORT',
  rabbitmq: 'ORCHID_RABBITMQ_PORT',
};

/** Where a service can come from, in the order of {@link findSources}. */
export type Source =
  | { readonly kind: 'environment'; readonly url: string }
  | { readonly kind: 'docker' }
  /** A program already on this machine; `directory` holds its executables. */
  | { readonly kind: 'system'; readonly directory: string }
  | { readonly kind: 'npm'; readonly directory: string }
  /** A package of the distribution, installed by apt as root. */
  | { readonly kind: 'apt'; readonly packageName: string }
  /** Apache Kafka's own jars, run by `java`. */
  | { readonly kind: 'jars'; readonly java: string; readonly via: JarsFrom };

export type JarsFrom =
  | { readonly kind: 'cache' }
  | { readonly kind: 'maven'; readonly maven: string }
  | { readonly kind: 'download'; readonly repositoryUrl: string };

/** What the stack keeps for itself from one start to the next. */
export interface StackSecrets {
  readonly postgres: string;
  readonly orchidOwner: string;
  readonly rabbitmq: string;
}

/** Everything a service may use while it starts. */
export interface LaunchContext {
  /** Named after the state directory: two stacks never share a Docker project or an Erlang node name. */
  readonly stackId: string;
  readonly machine: Machine;
  readonly secrets: StackSecrets;
  /** The service's own directory, made on first use; survives `down`. */
  directory(name: string): string;
  logFile(name: string): string;
  /** The port this stack uses for `key`: the one of the last start where that is still free. */
  port(key: string): Promise<number>;
  log(line: string): void;
  /** Records a process at once, so that an interrupted `up` can still be taken down. */
  started(process: ProcessRecord): void;
}

/** One server of the stack: how to start it, how to talk to it. */
export interface StackService {
  readonly name: ServiceName;
  /** Milliseconds until a server that does not answer is given up. */
  readonly patience: number;
  url(port: number, secrets: StackSecrets): string;
  /** The URL of the superuser, for services that have one; readiness and `prepare` use it. */
  adminUrl?(port: number, secrets: StackSecrets): string;
  /** Talks to the server once; returns its version where it tells one, throws when it does not answer. */
  ping(url: string): Promise<string | undefined>;
  /** Spawns the server's processes, without waiting for it to answer. */
  launch(source: LaunchSource, context: LaunchContext): Promise<void>;
  /** Brings a server that answers into the shape Orchid needs; may be called again. */
  prepare?(adminUrl: string, secrets: StackSecrets): Promise<void>;
}

/** A source that a service starts itself; a package is installed first and then is a program of the system. */
export type LaunchSource = Extract<Source, { kind: 'system' | 'npm' | 'jars' }>;
