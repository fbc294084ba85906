import type { PlanDocument } from '@orchid/plan';
import type { PlanVersion, PlanWithDocument, TenantWork } from '@orchid/persistence';
import { apiPath } from '../http/api-path';
import type { Answer } from '../http/tenant-door';

/** The canonical document, and what was added when it was stored. */
export type PlanResponse = PlanDocument & {
  readonly integration_id: string;
  readonly version: number;
  readonly created_at: Date;
  readonly updated_at: Date;
};

export type PlanVersionResponse = PlanDocument & {
  readonly version: number;
  readonly created_at: Date;
  readonly created_by: string | null;
};

/** Integrations can be renamed: plans show the name of today. */
export async function showPlans(work: TenantWork, plans: readonly PlanWithDocument[]): Promise<PlanResponse[]> {
  const ids = [...new Set(plans.map(({ integrationId }) => integrationId))];
  const found = new Map<string, string>();
  for (const id of ids) {
    const integration = await work.integrations.find(id);
    if (integration !== null) found.set(id, integration.name);
  }
  return plans.map((plan) => showPlan(plan, found.get(plan.integrationId) ?? plan.document.integration ?? ''));
}

export async function answerPlan(work: TenantWork, plan: PlanWithDocument): Promise<Answer<PlanResponse>> {
  const { name } = await work.integrations.get(plan.integrationId);
  return { body: showPlan(plan, name), revision: plan.revision, location: apiPath(`plans/${plan.key}`) };
}

export function showPlanVersion({ document, version, createdAt, createdBy }: PlanVersion): PlanVersionResponse {
  return { ...document, version, created_at: createdAt, created_by: createdBy };
}

function showPlan(plan: PlanWithDocument, integration: string): PlanResponse {
  const { key, integration: _name, ...rest } = plan.document;
  const { integrationId, enabled, currentVersion, createdAt, updatedAt } = plan;
  const stored = { version: currentVersion, created_at: createdAt, updated_at: updatedAt };
  return { key, integration, ...rest, enabled, integration_id: integrationId, ...stored };
}
