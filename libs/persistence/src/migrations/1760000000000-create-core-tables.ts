import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = `
CREATE TABLE integrations (
  tenant_id     uuid NOT NULL,
  id            uuid NOT NULL,
  name          text NOT NULL,
  description   text,
  config_schema json NOT NULL,
  revision      integer NOT NULL DEFAULT 1,
  deleted_at    timestamptz(3),
  created_at    timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  updated_at    timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT integrations_pkey PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX integrations_name_key ON integrations (tenant_id, name) WHERE deleted_at IS NULL;
CREATE INDEX integrations_list ON integrations (tenant_id, created_at DESC, id DESC);

CREATE TABLE configs (
  tenant_id      uuid NOT NULL,
  id             uuid NOT NULL,
  integration_id uuid NOT NULL,
  name           text NOT NULL,
  public_values  json NOT NULL,
  secrets        bytea,
  enabled        boolean NOT NULL,
  revision       integer NOT NULL DEFAULT 1,
  deleted_at     timestamptz(3),
  created_at     timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  updated_at     timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT configs_pkey PRIMARY KEY (tenant_id, id),
  CONSTRAINT configs_integration_fkey FOREIGN KEY (tenant_id, integration_id) REFERENCES integrations (tenant_id, id)
);
CREATE UNIQUE INDEX configs_name_key ON configs (tenant_id, integration_id, name) WHERE deleted_at IS NULL;
CREATE INDEX configs_list ON configs (tenant_id, integration_id, created_at DESC, id DESC);

CREATE TABLE auth_flows (
  tenant_id      uuid NOT NULL,
  id             uuid NOT NULL,
  integration_id uuid NOT NULL,
  name           text NOT NULL,
  document       json NOT NULL,
  revision       integer NOT NULL DEFAULT 1,
  deleted_at     timestamptz(3),
  created_at     timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  updated_at     timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT auth_flows_pkey PRIMARY KEY (tenant_id, id),
  CONSTRAINT auth_flows_integration_fkey FOREIGN KEY (tenant_id, integration_id) REFERENCES integrations (tenant_id, id)
);
CREATE UNIQUE INDEX auth_flows_name_key ON auth_flows (tenant_id, integration_id, name) WHERE deleted_at IS NULL;
CREATE INDEX auth_flows_list ON auth_flows (tenant_id, integration_id, created_at DESC, id DESC);

CREATE TABLE plans (
  tenant_id       uuid NOT NULL,
  id              uuid NOT NULL,
  integration_id  uuid NOT NULL,
  key             text NOT NULL,
  name            text NOT NULL,
  enabled         boolean NOT NULL,
  current_version integer NOT NULL,
  revision        integer NOT NULL DEFAULT 1,
  deleted_at      timestamptz(3),
  created_at      timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  updated_at      timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT plans_pkey PRIMARY KEY (tenant_id, id),
  CONSTRAINT plans_integration_fkey FOREIGN KEY (tenant_id, integration_id) REFERENCES integrations (tenant_id, id)
);
CREATE UNIQUE INDEX plans_key_key ON plans (tenant_id, key) WHERE deleted_at IS NULL;
CREATE INDEX plans_list ON plans (tenant_id, created_at DESC, id DESC);
CREATE INDEX plans_integration ON plans (tenant_id, integration_id);

CREATE TABLE plan_versions (
  tenant_id  uuid NOT NULL,
  plan_id    uuid NOT NULL,
  version    integer NOT NULL,
  document   json NOT NULL,
  created_by text,
  created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT plan_versions_pkey PRIMARY KEY (tenant_id, plan_id, version),
  CONSTRAINT plan_versions_plan_fkey FOREIGN KEY (tenant_id, plan_id) REFERENCES plans (tenant_id, id)
);

CREATE TABLE schedules (
  tenant_id        uuid NOT NULL,
  plan_id          uuid NOT NULL,
  config_id        uuid NOT NULL,
  active           boolean NOT NULL,
  wait_seconds     double precision,
  wait_from        text NOT NULL DEFAULT 'end',
  cron             text,
  timezone         text,
  jitter_seconds   double precision NOT NULL DEFAULT 0,
  repeat_count     integer NOT NULL DEFAULT 0,
  scheduled_runs   integer NOT NULL DEFAULT 0,
  next_due_at      timestamptz(3),
  last_started_at  timestamptz(3),
  last_finished_at timestamptz(3),
  enabled_at       timestamptz(3),
  CONSTRAINT schedules_pkey PRIMARY KEY (tenant_id, plan_id, config_id),
  CONSTRAINT schedules_plan_fkey FOREIGN KEY (tenant_id, plan_id) REFERENCES plans (tenant_id, id),
  CONSTRAINT schedules_config_fkey FOREIGN KEY (tenant_id, config_id) REFERENCES configs (tenant_id, id),
  CONSTRAINT schedules_wait_from CHECK (wait_from IN ('end', 'start')),
  CONSTRAINT schedules_due_only_when_active CHECK (active OR next_due_at IS NULL)
);
CREATE INDEX schedules_due ON schedules (next_due_at) WHERE next_due_at IS NOT NULL;
CREATE INDEX schedules_config ON schedules (tenant_id, config_id);

CREATE TABLE contexts (
  tenant_id         uuid NOT NULL,
  plan_id           uuid NOT NULL,
  config_id         uuid NOT NULL,
  data              json NOT NULL,
  last_execution_at timestamptz(3),
  last_success_at   timestamptz(3),
  last_failure_at   timestamptz(3),
  execution_count   integer NOT NULL DEFAULT 0,
  updated_at        timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT contexts_pkey PRIMARY KEY (tenant_id, plan_id, config_id),
  CONSTRAINT contexts_plan_fkey FOREIGN KEY (tenant_id, plan_id) REFERENCES plans (tenant_id, id),
  CONSTRAINT contexts_config_fkey FOREIGN KEY (tenant_id, config_id) REFERENCES configs (tenant_id, id)
);

CREATE TABLE executions (
  tenant_id        uuid NOT NULL,
  id               uuid NOT NULL,
  plan_id          uuid NOT NULL,
  plan_key         text NOT NULL,
  plan_version     integer NOT NULL,
  integration      text NOT NULL,
  config_id        uuid NOT NULL,
  status           text NOT NULL DEFAULT 'pending',
  trigger          text NOT NULL,
  due_at           timestamptz(3),
  epoch            integer NOT NULL DEFAULT 0,
  owner            text,
  heartbeat_at     timestamptz(3),
  crashes          integer NOT NULL DEFAULT 0,
  parked_until     timestamptz(3),
  cancel_requested boolean NOT NULL DEFAULT false,
  context_override json,
  error_type       text,
  error            json,
  progress         json,
  receipt          json,
  retry_of         uuid,
  created_at       timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  started_at       timestamptz(3),
  finished_at      timestamptz(3),
  CONSTRAINT executions_pkey PRIMARY KEY (tenant_id, id),
  CONSTRAINT executions_plan_fkey FOREIGN KEY (tenant_id, plan_id, plan_version)
    REFERENCES plan_versions (tenant_id, plan_id, version),
  CONSTRAINT executions_config_fkey FOREIGN KEY (tenant_id, config_id) REFERENCES configs (tenant_id, id),
  CONSTRAINT executions_status CHECK
    (status IN ('pending', 'running', 'parked', 'success', 'failed', 'aborted', 'cancelled')),
  CONSTRAINT executions_trigger CHECK (trigger IN ('schedule', 'manual', 'event', 'retry')),
  CONSTRAINT executions_finished CHECK
    ((finished_at IS NOT NULL) = (status IN ('success', 'failed', 'aborted', 'cancelled'))),
  CONSTRAINT executions_due_key UNIQUE (tenant_id, plan_id, config_id, due_at)
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX executions_one_pending ON executions (tenant_id, plan_id, config_id) WHERE status = 'pending';
CREATE UNIQUE INDEX executions_one_active ON executions (tenant_id, plan_id, config_id)
  WHERE status IN ('running', 'parked');
CREATE INDEX executions_open ON executions (tenant_id, plan_id, config_id, status)
  WHERE status IN ('pending', 'running', 'parked');
CREATE INDEX executions_list ON executions (tenant_id, created_at DESC, id DESC);
CREATE INDEX executions_plan_list ON executions (tenant_id, plan_key, created_at DESC, id DESC);
CREATE INDEX executions_config_list ON executions (tenant_id, config_id, created_at DESC, id DESC);
CREATE INDEX executions_retention ON executions (finished_at) WHERE finished_at IS NOT NULL;

CREATE TABLE checkpoints (
  tenant_id    uuid NOT NULL,
  execution_id uuid NOT NULL,
  epoch        integer NOT NULL,
  state        json NOT NULL,
  updated_at   timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT checkpoints_pkey PRIMARY KEY (tenant_id, execution_id),
  CONSTRAINT checkpoints_execution_fkey FOREIGN KEY (tenant_id, execution_id)
    REFERENCES executions (tenant_id, id) ON DELETE CASCADE
) WITH (fillfactor = 70);

CREATE TABLE statistics (
  tenant_id                 uuid NOT NULL,
  plan_id                   uuid NOT NULL,
  config_id                 uuid NOT NULL,
  last_execution_at         timestamptz(3),
  last_success_at           timestamptz(3),
  last_failure_at           timestamptz(3),
  total_executions          bigint NOT NULL DEFAULT 0,
  total_successes           bigint NOT NULL DEFAULT 0,
  total_failures            bigint NOT NULL DEFAULT 0,
  total_api_calls           bigint NOT NULL DEFAULT 0,
  total_records             bigint NOT NULL DEFAULT 0,
  total_bytes               bigint NOT NULL DEFAULT 0,
  total_execution_time_ms   bigint NOT NULL DEFAULT 0,
  average_execution_time_ms bigint GENERATED ALWAYS AS
    (CASE WHEN total_executions = 0 THEN 0 ELSE total_execution_time_ms / total_executions END) STORED,
  CONSTRAINT statistics_pkey PRIMARY KEY (tenant_id, plan_id, config_id),
  CONSTRAINT statistics_plan_fkey FOREIGN KEY (tenant_id, plan_id) REFERENCES plans (tenant_id, id),
  CONSTRAINT statistics_config_fkey FOREIGN KEY (tenant_id, config_id) REFERENCES configs (tenant_id, id)
);

CREATE TABLE idempotency_keys (
  tenant_id    uuid NOT NULL,
  method_path  text NOT NULL,
  key          text NOT NULL,
  request_hash text NOT NULL,
  status       integer,
  response     json,
  created_at   timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT idempotency_keys_pkey PRIMARY KEY (tenant_id, method_path, key)
);
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);
`;

const TENANT_TABLES = [
  'integrations',
  'configs',
  'auth_flows',
  'plans',
  'plan_versions',
  'schedules',
  'contexts',
  'executions',
  'checkpoints',
  'statistics',
  'idempotency_keys',
];

// The setting is '' rather than null once a transaction has used it.
const isolate = (table: string): string => `
ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE ${table} FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON ${table}
  USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
  WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
`;

const APP_GRANTS = `
GRANT USAGE ON SCHEMA public TO orchid_app, orchid_dispatcher;
GRANT SELECT, INSERT, UPDATE ON integrations, configs, auth_flows, plans, schedules, contexts, executions, checkpoints,
  statistics, idempotency_keys TO orchid_app;
GRANT SELECT, INSERT ON plan_versions TO orchid_app;
GRANT DELETE ON checkpoints, idempotency_keys TO orchid_app;
`;

const DISPATCHER_GRANTS = `
GRANT SELECT, UPDATE (next_due_at) ON schedules TO orchid_dispatcher;
GRANT SELECT (tenant_id, id, key, integration_id, current_version) ON plans TO orchid_dispatcher;
GRANT SELECT (tenant_id, id, name) ON integrations TO orchid_dispatcher;
GRANT SELECT (tenant_id, id, plan_id, config_id, status, due_at, heartbeat_at, parked_until, cancel_requested,
  created_at, finished_at) ON executions TO orchid_dispatcher;
GRANT INSERT (tenant_id, id, plan_id, plan_key, plan_version, integration, config_id, trigger, due_at)
  ON executions TO orchid_dispatcher;
GRANT DELETE ON executions TO orchid_dispatcher;
GRANT SELECT (tenant_id, created_at) ON idempotency_keys TO orchid_dispatcher;
GRANT DELETE ON idempotency_keys TO orchid_dispatcher;
CREATE POLICY dispatch ON schedules TO orchid_dispatcher USING (true) WITH CHECK (true);
CREATE POLICY dispatch ON executions TO orchid_dispatcher USING (true) WITH CHECK (true);
CREATE POLICY dispatch ON plans FOR SELECT TO orchid_dispatcher USING (true);
CREATE POLICY dispatch ON integrations FOR SELECT TO orchid_dispatcher USING (true);
CREATE POLICY dispatch ON idempotency_keys TO orchid_dispatcher USING (true);
`;

const DOWN = `DROP TABLE ${[...TENANT_TABLES].reverse().join(', ')};`;

/** Every table of plans and their executions, isolated by tenant from the first moment on. */
export class CreateCoreTables1760000000000 implements MigrationInterface {
  readonly name = 'CreateCoreTables1760000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLES);
    for (const table of TENANT_TABLES) await runner.query(isolate(table));
    await runner.query(APP_GRANTS);
    await runner.query(DISPATCHER_GRANTS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}
