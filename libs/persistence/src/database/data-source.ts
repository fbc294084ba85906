import 'reflect-metadata';
import { types } from 'pg';
import { DataSource } from 'typeorm';
import { AuthFlow } from '../auth-flows/auth-flow.entity';
import { Config } from '../configs/config.entity';
import { StoredContext } from '../contexts/context.entity';
import { Checkpoint } from '../executions/checkpoint.entity';
import { Execution } from '../executions/execution.entity';
import { IdempotencyKey } from '../idempotency/idempotency-key.entity';
import { Integration } from '../integrations/integration.entity';
import { PlanVersion } from '../plans/plan-version.entity';
import { Plan } from '../plans/plan.entity';
import { Schedule } from '../schedules/schedule.entity';
import { Statistics } from '../statistics/statistics.entity';

export interface PoolOptions {
  readonly url: string;
  readonly poolSize: number;
  readonly statementTimeoutMs: number;
  readonly applicationName: string;
  /** Told when a pooled connection breaks while nobody uses it; the pool replaces it by itself. */
  readonly onIdleError?: (error: Error) => void;
}

const ENTITIES = [
  Integration,
  Config,
  AuthFlow,
  Plan,
  PlanVersion,
  Schedule,
  StoredContext,
  Execution,
  Checkpoint,
  Statistics,
  IdempotencyKey,
];
type TypeId = Parameters<typeof types.getTypeParser>[0];

const TEXT_TYPES = new Set<TypeId>([types.builtins.JSON, types.builtins.JSONB]);
const COUNTER_TYPE: TypeId = types.builtins.INT8;
const CONNECT_TIMEOUT_MS = 5_000;
const IDLE_IN_TRANSACTION_MS = 60_000;

/** The pool as the application uses it: no synchronisation, no migrations, JSON left as text. */
export function createDataSource(options: PoolOptions): DataSource {
  return new DataSource({
    type: 'postgres',
    url: options.url,
    entities: ENTITIES,
    synchronize: false,
    logging: false,
    installExtensions: false,
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    applicationName: options.applicationName,
    poolSize: options.poolSize,
    poolErrorHandler: (error: Error) => options.onIdleError?.(error),
    extra: {
      statement_timeout: options.statementTimeoutMs,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
      keepAlive: true,
      types: { getTypeParser },
    },
  });
}

/** `json` stays text for the columns' own transformer; counters of type `bigint` stay below 2^53. */
function getTypeParser(oid: TypeId, format?: 'text' | 'binary'): unknown {
  if (TEXT_TYPES.has(oid)) return (text: string) => text;
  if (oid === COUNTER_TYPE) return Number;
  return format === 'binary' ? types.getTypeParser(oid, 'binary') : types.getTypeParser(oid, 'text');
}
