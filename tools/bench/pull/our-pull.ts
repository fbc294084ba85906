import { randomUUID } from 'node:crypto';
import { LimiterQuota, runExecution, StopSignal, type CheckpointStore, type EnginePorts } from '@orchid/engine';
import { Redactor, systemClock, type JsonObject } from '@orchid/kernel';
import type { OutgoingRecord, Publisher } from '@orchid/messaging';
import type { Claim } from '@orchid/persistence';
import { compilePlan, type CompiledPlan } from '@orchid/plan';
import type { BenchBed } from './bench-bed';
import { planOf, type Shape } from './shape';

interface Prepared {
  readonly plan: CompiledPlan;
  readonly claim: Claim;
  readonly integrationId: string;
  readonly config: JsonObject;
}

const CAPS = {
  maxExecutionSeconds: 86_400,
  maxLoops: 100_000,
  maxNestingDepth: 10,
  maxRequestBytes: 50_000_000,
  maxResponseBytes: 100_000_000,
  defaultConcurrency: 50,
};
const PARK_AFTER_MS = 15_000;
const SLICE_MS = 3_600_000;
const NO_AUTH: EnginePorts['auth'] = {
  get: () => Promise.reject(new Error('no flow')),
  reject: () => Promise.resolve(),
  only: null,
  nameOf: () => null,
};

/** Runs the worker's whole path once, from a claimed execution to its outcome; answers the milliseconds that took. */
export async function ourPull(bed: BenchBed, shape: Shape, publisher: Publisher = bed.publisher): Promise<number> {
  const prepared = await prepare(bed, shape);
  const ports = portsOf(bed, prepared, publisher);
  const { plan, claim, config } = prepared;
  const began = performance.now();
  const outcome = await runExecution(
    {
      tenantId: bed.tenantId,
      executionId: claim.execution.id,
      integration: claim.execution.integration,
      plan,
      planVersion: 1,
      configId: claim.execution.configId,
      config,
      secretFields: new Set(),
      redactor: new Redactor(),
      context: {},
      checkpoint: null,
      stop: new StopSignal(),
      parkAfterMs: PARK_AFTER_MS,
      sliceMs: SLICE_MS,
    },
    ports,
  );
  const took = performance.now() - began;
  if (outcome.kind !== 'success' || outcome.receipt.pages !== shape.pages) {
    throw new Error(`the execution did not do what is measured: ${JSON.stringify(outcome)}`);
  }
  return took;
}

/** The same, keeping what it publishes: the bytes that the other side has to send. */
export async function recordPull(bed: BenchBed, shape: Shape): Promise<OutgoingRecord[]> {
  const records: OutgoingRecord[] = [];
  const { publisher } = bed;
  await ourPull(bed, shape, {
    maxMessageBytes: publisher.maxMessageBytes,
    publish: (batch) => {
      records.push(...batch);
      return publisher.publish(batch);
    },
    ping: () => publisher.ping(),
    close: () => Promise.resolve(),
  });
  return records;
}

function prepare(bed: BenchBed, shape: Shape): Promise<Prepared> {
  const name = randomUUID();
  const document = planOf(shape, name);
  const config = { base_url: bed.stubUrl };
  return bed.database.tenant(bed.tenantId).run(async (work) => {
    const configSchema = { name: 'any', schema: { type: 'object' } };
    const integration = await work.integrations.create({ name, description: null, configSchema });
    const stored = await work.configs.create({ integrationId: integration.id, name, values: config, schema: {} });
    const plan = await work.plans.create({ integrationId: integration.id, document, enabled: false });
    const made = await work.executions.trigger({ planId: plan.id, configId: stored.id, trigger: 'manual' });
    if (made.kind !== 'queued') throw new Error('the execution was not made');
    const outcome = await work.executions.claim(made.execution.id, 'bench');
    if (outcome.kind !== 'claimed') throw new Error(`the execution is ${outcome.kind}`);
    return { plan: compilePlan(document, CAPS), claim: outcome.claim, integrationId: integration.id, config };
  });
}

function portsOf(bed: BenchBed, { plan, claim, integrationId, config }: Prepared, publisher: Publisher): EnginePorts {
  const { tenantId } = bed;
  const { id, epoch, configId } = claim.execution;
  const checkpoints: CheckpointStore = {
    save: async (state, progress) => {
      await bed.database
        .tenant(tenantId)
        .run((work) => work.executions.saveCheckpoint(id, epoch, state, { ...progress }));
    },
  };
  return {
    http: bed.http,
    publisher,
    checkpoints,
    auth: NO_AUTH,
    quota: new LimiterQuota(bed.limiter, plan.limits, { tenantId, configId, integrationId, config }, systemClock),
    clock: systemClock,
    observer: {},
    random: Math.random,
    traceIds: () => null,
  };
}
