import { compileAuthFlow, FlowTokenProvider, MemoryTokenCache, type CompiledAuthFlow } from '@orchid/auth';
import { UndiciHttpClient, type HttpClient } from '@orchid/http-client';
import { parseJson, Redactor, systemClock, type Clock, type JsonObject, type JsonValue } from '@orchid/kernel';
import { MemoryPublisher, type LoopStopReason, type Receipt } from '@orchid/messaging';
import { validatePlan, type CompiledPlan, type PlanDocument } from '@orchid/plan';
import { MemoryRateLimiter } from '@orchid/rate-limit';
import type { AuthPort, EnginePorts } from '../engine-ports';
import { StopSignal, type ExecutionInput } from '../execution-input';
import type { ExecutionOutcome } from '../execution-outcome';
import { LimiterQuota } from '../limiter-quota';
import { MemoryCheckpointStore } from '../memory-checkpoint-store';
import { runExecution } from '../run-execution';
import { readPage, recipeOf } from './read-snippets';

const TENANT = '11111111-1111-4111-8111-111111111111';
const CONFIG = '33333333-3333-4333-8333-333333333333';
const PARK_AFTER_MS = 15_000;
/** `https://api.example.com` stands for the stub; any other host of example.com is reached at the stub's port. */
const EXAMPLE_HOST = /https:\/\/([^/"]*)example\.com/g;

/** The API that a recipe is tried on. */
export interface Api {
  readonly url: string;
  readonly port: number;
  readonly authority: string;
}

export interface Ingredients {
  readonly config?: JsonObject;
  /** Read-only members included. */
  readonly context?: JsonObject;
  /** Names of the config's secret fields. */
  readonly secrets?: readonly string[];
  /** Without it waits take no time. */
  readonly clock?: Clock;
}

type Ended = Exclude<ExecutionOutcome, { kind: 'parked' | 'lost' }>;

export interface Dish {
  readonly kind: Ended['kind'];
  readonly outcome: Ended;
  readonly receipt: Receipt;
  readonly responses: readonly JsonObject[];
  /** `response_body` of each response published. */
  readonly bodies: readonly JsonValue[];
  readonly errors: readonly JsonObject[];
  /** Why each loop stopped, by step path. */
  readonly stops: Readonly<Record<string, LoopStopReason | null>>;
  /** What the execution leaves in `context`. */
  readonly context: JsonObject;
  /** How often it was set aside and went on. */
  readonly parked: number;
}

/** Time that passes only when somebody waits. */
class LeapingClock implements Clock {
  private time = Date.UTC(2026, 0, 15, 10, 30);

  now(): number {
    return this.time;
  }

  sleep(ms: number): Promise<void> {
    this.time += ms;
    return Promise.resolve();
  }
}

/** Runs a recipe of the cookbook, as printed there, with the real engine and HTTP client against an API. */
export async function cook(api: Api, name: string, ingredients: Ingredients = {}): Promise<Dish> {
  const recipe = recipeOf(readPage('cookbook.md'), name);
  const read = (kind: string): JsonValue => parseJson(atApi(recipe[kind] ?? '{}', api));
  const flows = recipe.auth === undefined ? [] : [read('auth')].flat();
  const config = { ...(read('config') as JsonObject), ...ingredients.config };
  const context = { ...(read('context') as JsonObject), ...ingredients.context };
  return execute(api, read('plan'), { ...ingredients, config, context, flows });
}

/** Runs a plan against an API. It has to be valid without a warning. */
export async function execute(
  api: Api,
  document: JsonValue | PlanDocument,
  ingredients: Ingredients & { readonly flows?: readonly JsonValue[] } = {},
): Promise<Dish> {
  const config = { base_url: api.url, ...ingredients.config };
  const context = { last_success_at: null, ...ingredients.context };
  const clock = ingredients.clock ?? new LeapingClock();
  const http = clientOf(api);
  try {
    const auth = authPort(ingredients.flows ?? [], { config, http });
    return await run(
      { plan: planOf(document, config), config, context, clock, http, auth },
      new Set(ingredients.secrets),
    );
  } finally {
    await http.close();
  }
}

interface Kitchen {
  readonly plan: CompiledPlan;
  readonly config: JsonObject;
  readonly context: JsonObject;
  readonly clock: Clock;
  readonly http: HttpClient;
  readonly auth: AuthPort;
}

async function run(kitchen: Kitchen, secretFields: ReadonlySet<string>): Promise<Dish> {
  const { clock, config } = kitchen;
  const secrets = [...secretFields].map((field) => config[field]).filter((value) => typeof value === 'string');
  const publisher = new MemoryPublisher();
  const ports = portsOf(kitchen, publisher);
  const input = { ...inputOf(kitchen), secretFields, redactor: new Redactor(secrets) };
  let checkpoint: JsonObject | null = null;
  for (let parked = 0; ; parked += 1) {
    const outcome = await runExecution({ ...input, checkpoint }, ports);
    if (outcome.kind === 'lost') throw new Error('an execution without rivals was lost');
    if (outcome.kind !== 'parked') return dish(outcome, publisher, parked);
    // As in a database: nothing but JSON survives.
    checkpoint = JSON.parse(JSON.stringify(outcome.state)) as JsonObject;
    await clock.sleep(Math.max(0, outcome.until - clock.now()));
  }
}

function dish(outcome: Ended, publisher: MemoryPublisher, parked: number): Dish {
  const responses = publisher.messages('responses') as JsonObject[];
  return {
    kind: outcome.kind,
    outcome,
    receipt: outcome.receipt,
    responses,
    bodies: responses.map((message) => message.response_body ?? null),
    errors: publisher.messages('errors') as JsonObject[],
    stops: Object.fromEntries(outcome.receipt.loops.map((loop) => [loop.step_path, loop.stop_reason])),
    context: outcome.kind === 'success' ? outcome.contextUpdates : {},
    parked,
  };
}

function inputOf({ plan, config, context }: Kitchen): Omit<ExecutionInput, 'secretFields' | 'redactor'> {
  return {
    tenantId: TENANT,
    executionId: '22222222-2222-4222-8222-222222222222',
    integration: plan.document.integration ?? '',
    plan,
    planVersion: 1,
    configId: CONFIG,
    config,
    context,
    checkpoint: null,
    stop: new StopSignal(),
    parkAfterMs: PARK_AFTER_MS,
    sliceMs: 3_600_000,
  };
}

function portsOf({ plan, config, clock, http, auth }: Kitchen, publisher: MemoryPublisher): EnginePorts {
  const identity = { tenantId: TENANT, integrationId: 'acme', configId: CONFIG, config };
  return {
    http,
    publisher,
    checkpoints: new MemoryCheckpointStore(),
    auth,
    quota: new LimiterQuota(new MemoryRateLimiter(systemClock), plan.limits, identity, systemClock),
    clock,
    observer: {},
    random: () => 0.5,
    traceIds: () => null,
  };
}

function atApi(text: string, api: Api): string {
  return text.replace(EXAMPLE_HOST, (_all, label: string) =>
    label === 'api.' ? api.url : `http://${label}example.com:${api.port}`,
  );
}

function planOf(document: unknown, config: JsonObject): CompiledPlan {
  const validation = validatePlan(document, { configFields: Object.keys(config) });
  if (!validation.ok || validation.warnings.length > 0) throw new Error(JSON.stringify(validation, null, 2));
  return validation.plan;
}

/** Names are led to the API as a hosts file would; everything else is the client that production uses. */
function clientOf({ url, authority, port }: Api): HttpClient {
  const client = new UndiciHttpClient({
    guard: { allow: [authority] },
    userAgent: 'Orchid/test',
    maxConnectionsPerOrigin: 10,
  });
  const named = new RegExp(`^http://[\\w.-]+\\.example\\.com:${port}(?=/)`);
  return {
    send: (request) => client.send({ ...request, url: request.url.replace(named, url) }),
    close: () => client.close(),
  };
}

function authPort(documents: readonly JsonValue[], around: Pick<Kitchen, 'config' | 'http'>): AuthPort {
  const flows = new Map<string, CompiledAuthFlow>();
  for (const document of documents) {
    const flow = compileAuthFlow(document);
    flows.set(flow.name, flow);
  }
  // The holder of a lock extends it as time goes by: that takes a clock whose waits take time.
  const clock = systemClock;
  const cache = new MemoryTokenCache(clock);
  const tokens = new FlowTokenProvider({ tenantId: TENANT, configId: CONFIG, flows, cache, clock, ...around });
  const [only = null] = flows.keys();
  return {
    get: (flow, signal) => tokens.get(flow, signal),
    reject: (flow, token) => tokens.reject(flow, token),
    only: flows.size === 1 ? only : null,
    nameOf: () => null,
  };
}
