import { boolean, bytes, choice, hostAndPort, integer, list, matching, port, text, url } from './kind';
import { optional, setting, type App } from './setting';

const PUBLISHERS: readonly App[] = ['api', 'worker', 'cli'];
const MIGRATORS: readonly App[] = ['api', 'cli'];
const databaseUrl = url(['postgres:', 'postgresql:']);
const topic = matching(/^[\w.-]{1,249}$/, 'up to 249 letters, digits, dots, dashes, underscores');

export const databaseSettings = {
  url: optional('DATABASE_URL', databaseUrl, {
    description: 'The database. Takes the place of DB_HOST, DB_PORT, DB_USER_NAME, DB_PASSWORD and DB_NAME.',
    secret: true,
  }),
  host: setting('DB_HOST', text, { default: 'localhost', description: "The database's host." }),
  port: setting('DB_PORT', port, { default: '5432', description: "The database's port." }),
  userName: setting('DB_USER_NAME', text, {
    default: 'orchid_app',
    description: 'The role that the processes log in as; it owns nothing and obeys row level security.',
  }),
  password: optional('DB_PASSWORD', text, { description: "That role's password.", secret: true }),
  name: setting('DB_NAME', text, { default: 'orchid', description: "The database's name." }),
  ssl: setting('DB_SSL', boolean, {
    default: 'false',
    description: 'Speaks TLS to the database and checks its certificate.',
  }),
  maxOpenConnections: setting('DB_MAX_OPEN_CONNS', integer({ min: 2, max: 500 }), {
    default: '10',
    description: 'The most connections one process opens to the database.',
  }),
  migrationUrl: optional('MIGRATION_DATABASE_URL', databaseUrl, {
    description: 'The same database for the role that owns the tables; migrations run as it. Else DATABASE_URL.',
    secret: true,
    apps: MIGRATORS,
  }),
  appPassword: optional('DB_APP_PASSWORD', text, {
    description:
      'Password of the role orchid_app. With it the processes log in as orchid_app whoever DATABASE_URL names, and migrations set it.',
    secret: true,
  }),
};

export const redisSettings = {
  url: optional('REDIS_URL', url(['redis:', 'rediss:']), {
    description: 'Redis. Takes the place of REDIS_HOST, REDIS_PORT, REDIS_PASSWORD, REDIS_DB and REDIS_TLS.',
    secret: true,
  }),
  host: setting('REDIS_HOST', text, { default: 'localhost', description: "Redis' host." }),
  port: setting('REDIS_PORT', port, { default: '6379', description: "Redis' port." }),
  password: optional('REDIS_PASSWORD', text, { description: "Redis' password.", secret: true }),
  db: setting('REDIS_DB', integer({ min: 0, max: 1_023 }), { default: '0', description: "Redis' database number." }),
  tls: setting('REDIS_TLS', boolean, { default: 'false', description: 'Speaks TLS to Redis.' }),
  keyPrefix: setting(
    'REDIS_KEY_PREFIX',
    matching(/^[\w.:-]{0,64}$/, 'up to 64 letters, digits, dots, colons, dashes'),
    {
      default: 'orchid:',
      description: 'Before every key, so that several installations can share one Redis.',
    },
  ),
};

export const brokerSettings = {
  kind: optional('BROKER', choice(['kafka', 'rabbitmq', 'file']), {
    description:
      'Where messages go. Else `kafka` when KAFKA_BROKERS is set, `rabbitmq` when only RABBITMQ_URL is, `file` when neither.',
    apps: PUBLISHERS,
  }),
  kafkaBrokers: setting('KAFKA_BROKERS', list(hostAndPort), {
    default: '',
    description: "Kafka's bootstrap servers.",
    apps: PUBLISHERS,
  }),
  kafkaSsl: setting('KAFKA_SSL', boolean, { default: 'false', description: 'Speaks TLS to Kafka.', apps: PUBLISHERS }),
  kafkaSaslMechanism: optional('KAFKA_SASL_MECHANISM', choice(['plain', 'scram-sha-256', 'scram-sha-512']), {
    description: 'How to log in to Kafka. Absent: no login.',
    apps: PUBLISHERS,
  }),
  kafkaSaslUsername: optional('KAFKA_SASL_USERNAME', text, { description: 'User at Kafka.', apps: PUBLISHERS }),
  kafkaSaslPassword: optional('KAFKA_SASL_PASSWORD', text, {
    description: 'Password at Kafka.',
    secret: true,
    apps: PUBLISHERS,
  }),
  rabbitmqUrl: optional('RABBITMQ_URL', url(['amqp:', 'amqps:']), {
    description: 'RabbitMQ.',
    secret: true,
    apps: PUBLISHERS,
  }),
  fileDirectory: setting('FILE_SINK_DIR', text, {
    default: '.orchid/messages',
    description: 'Directory of the file broker: one <topic>.ndjson for each topic.',
    apps: PUBLISHERS,
  }),
  responseTopic: setting('KAFKA_RESPONSE_TOPIC', topic, {
    default: 'api-responses',
    description: 'Topic of the answers, with every broker.',
    apps: PUBLISHERS,
  }),
  errorTopic: setting('KAFKA_ERROR_TOPIC', topic, {
    default: 'api-errors',
    description: 'Topic of what failed, with every broker.',
    apps: PUBLISHERS,
  }),
  eventsTopic: setting('EXECUTION_EVENTS_TOPIC', topic, {
    default: 'execution-events',
    description: 'Topic of started and completed executions, with every broker; may be the same as another.',
    apps: PUBLISHERS,
  }),
  maxInFlightBytes: setting('PUBLISH_MAX_IN_FLIGHT_BYTES', bytes({ min: 1_048_576, max: 4_294_967_296 }), {
    default: '32MiB',
    description: 'Messages that may wait for the broker in one process; beyond that the engine waits too.',
    apps: PUBLISHERS,
  }),
};
