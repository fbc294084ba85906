import { randomBytes } from 'node:crypto';
import type { Config, Database, Integration, PlanWithDocument } from '@orchid/persistence';
import type { PlanDocument } from '@orchid/plan';

export interface SeededPlan {
  readonly integration: Integration;
  readonly config: Config;
  readonly plan: PlanWithDocument;
}

/** An integration, a config and a plan that is enabled and due every hour, unless `document` says otherwise. */
export async function seedPlan(
  database: Database,
  tenantId: string,
  document: Partial<PlanDocument> = {},
): Promise<SeededPlan> {
  const name = randomBytes(6).toString('hex');
  const { enabled = true, ...rest } = document;
  return database.tenant(tenantId).run(async (work) => {
    const configSchema = { name: 'any', schema: { type: 'object' } };
    const integration = await work.integrations.create({ name, description: null, configSchema });
    const plan = await work.plans.create({
      integrationId: integration.id,
      document: { key: `plan-${name}`, wait_seconds: 3600, step: { url: 'https://api.example.com/items' }, ...rest },
      enabled,
    });
    const config = await work.configs.create({ integrationId: integration.id, name, values: {}, schema: {} });
    return { integration, plan, config };
  });
}
