import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { workspaceRoot } from './workspace-root';

/** How an integration test reaches the services of the development stack. */
export interface StackEnv {
  readonly databaseUrl: string;
  /** A superuser, who may create and clone databases; the same as `databaseUrl` for a server that names no other. */
  readonly databaseAdminUrl: string;
  readonly redisUrl: string;
  /** `host:port`, separated by commas; absent where the stack has no Kafka. */
  readonly kafkaBrokers?: string;
  readonly rabbitmqUrl?: string;
}

type Settings = Readonly<Record<string, string | undefined>>;

/** The services named by the environment, else those that `npm run stack -- up` started; throws when there are none. */
export function stackEnv(settings: Settings = process.env): StackEnv {
  const env = withoutEmpty(settings);
  const state = readStateEnv(env.ORCHID_STACK_DIR ?? path.join(workspaceRoot(__dirname), '.stack'));
  const setting = (name: string) => env[name] ?? state[name];
  const databaseUrl = setting('DATABASE_URL');
  const redisUrl = setting('REDIS_URL');
  if (databaseUrl === undefined || redisUrl === undefined) {
    throw new Error('No PostgreSQL or Redis for integration tests: run npm run stack -- up');
  }
  // The stack's superuser belongs to the stack's server, not to one that the environment names.
  const stackAdminUrl = databaseUrl === state.DATABASE_URL ? state.DATABASE_ADMIN_URL : undefined;
  const kafkaBrokers = setting('KAFKA_BROKERS');
  const rabbitmqUrl = setting('RABBITMQ_URL');
  return {
    databaseUrl,
    databaseAdminUrl: env.DATABASE_ADMIN_URL ?? stackAdminUrl ?? databaseUrl,
    redisUrl,
    ...(kafkaBrokers !== undefined && { kafkaBrokers }),
    ...(rabbitmqUrl !== undefined && { rabbitmqUrl }),
  };
}

/** A setting that is set to nothing is not set. */
function withoutEmpty(settings: Settings): Settings {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== ''));
}

function readStateEnv(directory: string): Settings {
  const file = path.join(directory, 'state.json');
  if (!existsSync(file)) return {};
  return (JSON.parse(readFileSync(file, 'utf8')) as { env: Settings }).env;
}
