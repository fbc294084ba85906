import { randomUUID } from 'node:crypto';
import type { JsonObject } from '@orchid/kernel';
import {
  Database,
  SecretBox,
  type Config,
  type Execution,
  type PlanWithDocument,
  type Schedule,
  type Statistics,
  type StoredContext,
  type TenantWork,
} from '@orchid/persistence';
import { compilePlan, type PlanDocument } from '@orchid/plan';
import { ExecutionQueue } from '@orchid/queue';
import type { Orchid } from './start-orchid';
import { until } from './until';

export interface IntegrationWish {
  readonly name: string;
  /** Values of each config, by its name. */
  readonly configs: Readonly<Record<string, JsonObject>>;
  /** Names of the values that are secrets. */
  readonly secrets?: readonly string[];
  /** Auth flow documents. */
  readonly flows?: readonly (JsonObject & { readonly name: string })[];
}

const END_WITHIN_MS = 60_000;

/** One tenant of an installation, by way of its database and queue: what the API does, without the API. */
export class TenantDesk {
  private constructor(
    private readonly database: Database,
    private readonly queue: ExecutionQueue,
    readonly tenantId: string,
  ) {}

  static async open(orchid: Orchid): Promise<TenantDesk> {
    const [id = '', key = ''] = (orchid.env.ENCRYPTION_KEYS ?? '').split(':');
    const secrets = new SecretBox([{ id, key: Buffer.from(key, 'base64') }]);
    const database = await Database.connect({ url: orchid.database.url, secrets, poolSize: 3 });
    const queue = new ExecutionQueue({
      redisUrl: orchid.env.REDIS_URL ?? '',
      name: orchid.env.JOB_QUEUE ?? '',
      keyPrefix: orchid.keyPrefix,
    });
    return new TenantDesk(database, queue, randomUUID());
  }

  async close(): Promise<void> {
    await this.queue.close();
    await this.database.close();
  }

  run<T>(body: (work: TenantWork) => Promise<T>): Promise<T> {
    return this.database.tenant(this.tenantId).run(body);
  }

  /** Makes an integration with its flows and configs; answers the configs' ids by their names. */
  async integration({ name, configs, secrets = [], flows = [] }: IntegrationWish): Promise<Record<string, string>> {
    const properties = Object.fromEntries(secrets.map((each) => [each, { type: 'string', 'x-secret': true }]));
    const schema = { type: 'object', properties };
    return this.run(async (work) => {
      const made = await work.integrations.create({ name, description: null, configSchema: { name, schema } });
      for (const document of flows)
        await work.authFlows.create({ integrationId: made.id, name: document.name, document });
      const ids: Record<string, string> = {};
      for (const [config, values] of Object.entries(configs)) {
        const stored: Config = await work.configs.create({ integrationId: made.id, name: config, values, schema });
        ids[config] = stored.id;
      }
      return ids;
    });
  }

  /** Stores a plan document as its author wrote it. Throws `PlanInvalid`. */
  async plan(document: PlanDocument): Promise<PlanWithDocument> {
    const { document: canonical } = compilePlan(document);
    return this.run(async (work) => {
      const all = await work.integrations.list({});
      const integration = all.data.find((each) => each.name === document.integration);
      if (integration === undefined) throw new Error(`no integration ${document.integration ?? ''}`);
      return work.plans.create({
        integrationId: integration.id,
        document: canonical,
        enabled: document.enabled ?? false,
      });
    });
  }

  /** Starts an execution by hand; answers its id. */
  async trigger(plan: PlanWithDocument, configId: string): Promise<string> {
    const made = await this.run((work) => work.executions.trigger({ planId: plan.id, configId, trigger: 'manual' }));
    if (made.kind !== 'queued') throw new Error('the execution waits already');
    const executionId = made.execution.id;
    await until('the queue', () => this.queue.wake({ tenantId: this.tenantId, executionId }).then(() => true));
    return executionId;
  }

  async cancel(executionId: string): Promise<void> {
    await this.run((work) => work.executions.requestCancel(executionId));
  }

  /** Waits until the execution has ended. */
  async ended(executionId: string, deadlineMs = END_WITHIN_MS): Promise<Execution> {
    return until(
      `the end of ${executionId}`,
      async () => {
        const execution = await this.run((work) => work.executions.get(executionId));
        return execution.finishedAt === null ? null : execution;
      },
      deadlineMs,
    );
  }

  /** Newest first. */
  async executions(plan: PlanWithDocument, configId?: string): Promise<Execution[]> {
    const page = await this.run((work) => work.executions.list({ planKey: plan.key, configId }, { limit: 200 }));
    return page.data;
  }

  statistics(plan: PlanWithDocument, configId: string): Promise<Statistics | null> {
    return this.run((work) => work.statistics.find(plan.id, configId));
  }

  context(plan: PlanWithDocument, configId: string): Promise<StoredContext | null> {
    return this.run((work) => work.contexts.find(plan.id, configId));
  }

  schedule(plan: PlanWithDocument, configId: string): Promise<Schedule | null> {
    return this.run((work) => work.schedules.find(plan.id, configId));
  }
}
