import { migrate } from '@orchid/persistence';
import { readStack, type ServiceName, stackStatus, startStack, stopStack } from '../stack';

export interface DemoStack {
  /** The settings with which processes use it. */
  readonly env: Readonly<Record<string, string>>;
  /** Where messages go, for a person. */
  readonly broker: string;
  /** Stops what was started for the demonstration and nothing else; null where all of it ran before. */
  readonly stop: (() => Promise<void>) | null;
}

type Env = NodeJS.ProcessEnv;

/** Starts what does not run yet of PostgreSQL, Redis and a broker, and brings the tables up to date. */
export async function startDemoStack(env: Env, directory: string, log: (line: string) => void): Promise<DemoStack> {
  const before = await stackStatus(readStack());
  const services = servicesFor(env.BROKER);
  const mine = services.filter((name) => before.services[name].status === 'down');
  const stop = () => stopStack({ services: mine, log });
  try {
    const state = await startStack({ services, log });
    const ownerUrl = given(env.MIGRATION_DATABASE_URL) ?? state.env.DATABASE_URL ?? '';
    const appPassword = given(env.DB_APP_PASSWORD);
    const { appUrl, applied } = await migrate({ ownerUrl, ...(appPassword !== undefined && { appPassword }) });
    if (applied.length > 0) log(`database   ${applied.length} migrations applied`);
    const settings = {
      ...state.env,
      DATABASE_URL: appUrl,
      MIGRATION_DATABASE_URL: ownerUrl,
      BROKER: given(env.BROKER) ?? state.broker,
      FILE_SINK_DIR: given(env.FILE_SINK_DIR) ?? directory,
    };
    return { env: settings, broker: brokerText(settings), stop: mine.length === 0 ? null : stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function servicesFor(broker: string | undefined): ServiceName[] {
  if (broker === 'file') return ['postgres', 'redis'];
  return ['postgres', 'redis', broker === 'rabbitmq' ? 'rabbitmq' : 'kafka'];
}

function brokerText(env: Readonly<Record<string, string | undefined>>): string {
  switch (env.BROKER) {
    case 'kafka':
      return `Kafka, ${env.KAFKA_BROKERS ?? ''}`;
    case 'rabbitmq':
      return 'RabbitMQ';
    default:
      return `files in ${env.FILE_SINK_DIR ?? ''}`;
  }
}

function given(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
