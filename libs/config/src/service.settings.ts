import { boolean, choice, integer, list, matching, port, text, url } from './kind';
import { encryptionKeys } from './encryption-keys';
import { optional, setting, type App } from './setting';

const API: readonly App[] = ['api'];
const SERVERS: readonly App[] = ['api', 'worker', 'scheduler'];

export const serviceSettings = {
  name: setting('APP_NAME', matching(/^[\w.-]{1,64}$/, 'up to 64 letters, digits, dots, dashes'), {
    default: { api: 'orchid-api', worker: 'orchid-worker', scheduler: 'orchid-scheduler', cli: 'orchid' },
    description: 'Name of the process in logs, traces and metrics.',
  }),
  environment: setting('NODE_ENV', choice(['development', 'test', 'production']), {
    default: 'development',
    description: '`production` refuses what is only safe in development.',
  }),
  logLevel: setting('LOG_LEVEL', choice(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']), {
    default: 'info',
    description: 'The least severe log line that is written.',
  }),
  prettyLogs: setting('PRETTY_LOGS', boolean, {
    default: 'false',
    description: 'Logs for reading in a terminal in place of JSON lines.',
  }),
};

const timeout = integer({ min: 1, max: 3_600 });

export const httpSettings = {
  port: setting('PORT', port, {
    default: { api: '3000', worker: '3001', scheduler: '3002', cli: '0' },
    description: 'Port of the API, or of the health and metrics paths. 0 takes any free one.',
    apps: SERVERS,
  }),
  readTimeoutSeconds: setting('HTTP_SERVER_READ_TIMEOUT_SECONDS', timeout, {
    default: '30',
    description: 'Within this time a request must have arrived whole.',
    apps: API,
  }),
  writeTimeoutSeconds: setting('HTTP_SERVER_WRITE_TIMEOUT_SECONDS', timeout, {
    default: '60',
    description: 'A connection on which nothing moves for so long while an answer is due is closed.',
    apps: API,
  }),
  idleTimeoutSeconds: setting('HTTP_SERVER_IDLE_TIMEOUT_SECONDS', timeout, {
    default: '65',
    description: 'How long a kept connection may be idle: longer than the load balancer keeps it.',
    apps: API,
  }),
};

const claim = matching(/^\S{1,128}$/, 'the name of a claim');

export const authSettings = {
  enabled: setting('AUTH_ENABLED', boolean, {
    default: 'false',
    description: 'Whether callers must prove who they are. `false` believes the headers X-Tenant-ID and X-User-ID.',
    apps: API,
  }),
  allowInsecure: setting('ALLOW_INSECURE_AUTH', boolean, {
    default: 'false',
    description: 'Lets AUTH_ENABLED=false pass in production, for an API that only a trusted gateway reaches.',
    apps: API,
  }),
  issuerUrl: optional('AUTH_ISSUER_URL', url(['https:', 'http:']), {
    description: 'The OpenID Connect issuer whose tokens are accepted.',
    apps: API,
  }),
  clientId: optional('AUTH_CLIENT_ID', text, { description: 'The audience a token must name.', apps: API }),
  tenantClaim: setting('AUTH_TENANT_CLAIM', claim, {
    default: 'tenant_id',
    description: 'The claim that holds the tenant.',
    apps: API,
  }),
  rolesClaim: setting('AUTH_ROLES_CLAIM', claim, {
    default: 'roles',
    description: 'The claim that holds the roles.',
    apps: API,
  }),
};

export const encryptionSettings = {
  keys: optional('ENCRYPTION_KEYS', encryptionKeys, {
    description:
      'Keys for secrets at rest. Required in production. To rotate, put a new key first and keep the old ones behind it.',
    secret: true,
  }),
};

const RUNNERS: readonly App[] = ['api', 'worker', 'cli'];
const host = matching(/^(?:\*\.)?[a-z0-9.:[\]-]+$/i, 'a host name, an address, or *.domain');

export const outboundSettings = {
  allowPrivate: setting(
    'OUTBOUND_ALLOW_PRIVATE',
    list(matching(/^[^\s:]+:\d{1,5}$|^\[[^\s\]]+\]:\d{1,5}$/, 'host:port')),
    {
      default: '',
      description:
        'Private or loopback destinations that plans may call all the same. Refused in production; no value opens all of them.',
      apps: RUNNERS,
    },
  ),
  allowHosts: setting('OUTBOUND_ALLOW_HOSTS', list(host), {
    default: '',
    description: 'When set, plans may call these hosts and no others.',
    apps: RUNNERS,
  }),
  denyHosts: setting('OUTBOUND_DENY_HOSTS', list(host), {
    default: '',
    description: 'Hosts that plans may never call.',
    apps: RUNNERS,
  }),
};

export const telemetrySettings = {
  enabled: setting('OTLP_ENABLED', boolean, { default: 'false', description: 'Whether traces are exported.' }),
  endpoint: setting('OTLP_ENDPOINT', url(['http:', 'https:']), {
    default: 'http://localhost:4318',
    description: "Where traces go: the collector's base address (port 4317 for grpc).",
  }),
  protocol: setting('OTLP_PROTOCOL', choice(['http/protobuf', 'http/json', 'grpc']), {
    default: 'http/protobuf',
    description: 'How traces are sent.',
  }),
};
