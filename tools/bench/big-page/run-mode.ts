import { randomUUID } from 'node:crypto';
import { runExecution, StopSignal, type EnginePorts, type ExecutionOutcome } from '@orchid/engine';
import type { HttpClient } from '@orchid/http-client';
import { Redactor, systemClock, type JsonObject } from '@orchid/kernel';
import { compilePlan, validatePlan } from '@orchid/plan';
import { CountingPublisher, type Published } from './counting-publisher';
import { planOf, type Mode } from './modes';

export type { Mode } from './modes';

export interface ModeResult extends Published {
  readonly outcome: ExecutionOutcome['kind'];
  readonly pages: number;
  readonly checkpoints: number;
  /** How often the plan was stopped and went on from its checkpoint. */
  readonly resumed: number;
}

interface Pull {
  readonly mode: Mode;
  readonly http: HttpClient;
  readonly baseUrl: string;
  readonly count: number;
}

/** Runs one plan over `count` records, as often as it takes: the mode `resume` is stopped at half of them. */
export async function runMode(pull: Pull): Promise<ModeResult> {
  const publisher = new CountingPublisher();
  const state = { checkpoint: null as JsonObject | null, checkpoints: 0 };
  for (let resumed = 0; ; resumed += 1) {
    const stop = new StopSignal();
    const stopsAt = pull.mode === 'resume' && resumed === 0 ? pull.count / 2 : Infinity;
    const checkpoints: EnginePorts['checkpoints'] = {
      save: (saved) => {
        state.checkpoints += 1;
        state.checkpoint = JSON.parse(JSON.stringify(saved)) as JsonObject;
        if (publisher.published.records >= stopsAt) stop.ask('yield');
        return Promise.resolve();
      },
    };
    const outcome = await run(pull, {
      stop,
      checkpoint: state.checkpoint,
      ports: portsOf(pull, publisher, checkpoints),
    });
    if (outcome.kind === 'parked') continue;
    const pages = 'receipt' in outcome ? outcome.receipt.pages : 0;
    return { outcome: outcome.kind, pages, checkpoints: state.checkpoints, resumed, ...publisher.published };
  }
}

interface Attempt {
  readonly stop: StopSignal;
  readonly checkpoint: JsonObject | null;
  readonly ports: EnginePorts;
}

const EXECUTION_ID = randomUUID();
const CONFIG_ID = randomUUID();
const TENANT_ID = randomUUID();

function run({ mode, baseUrl, count }: Pull, { stop, checkpoint, ports }: Attempt): Promise<ExecutionOutcome> {
  const validation = validatePlan(planOf(mode));
  if (!validation.ok) throw new Error(JSON.stringify(validation.faults));
  return runExecution(
    {
      tenantId: TENANT_ID,
      executionId: EXECUTION_ID,
      integration: 'bench',
      plan: compilePlan(validation.document),
      planVersion: 1,
      configId: CONFIG_ID,
      config: { base_url: baseUrl, count },
      secretFields: new Set(),
      redactor: new Redactor(),
      context: {},
      checkpoint,
      stop,
      parkAfterMs: 15_000,
      sliceMs: 3_600_000,
    },
    ports,
  );
}

function portsOf({ http }: Pull, publisher: CountingPublisher, checkpoints: EnginePorts['checkpoints']): EnginePorts {
  const grant = { learn: () => Promise.resolve(null), release: () => Promise.resolve() };
  return {
    http,
    publisher,
    checkpoints,
    auth: {
      get: () => Promise.reject(new Error('no flow')),
      reject: () => Promise.resolve(),
      only: null,
      nameOf: () => null,
    },
    quota: { acquire: () => Promise.resolve({ kind: 'granted', waitedMs: 0, grant }) },
    clock: systemClock,
    observer: {},
    random: Math.random,
    traceIds: () => null,
  };
}
