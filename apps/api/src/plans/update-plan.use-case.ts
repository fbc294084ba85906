import { Injectable } from '@nestjs/common';
import { isJsonObject, type Fault, type JsonObject, type JsonValue } from '@orchid/kernel';
import type { PlanWithDocument } from '@orchid/persistence';
import { InvalidDocument } from '../http/request.errors';
import type { Scope } from '../http/tenant-door';
import { CheckPlan } from './check-plan';

@Injectable()
export class UpdatePlan {
  constructor(private readonly check: CheckPlan) {}

  /** A new version, unless nothing of the document changes. `enabled` stays as it is where the document does not say it. */
  async execute({ work, caller }: Scope, key: string, given: JsonValue): Promise<PlanWithDocument> {
    const stored = await work.plans.get(key);
    const document = withoutAnswered(given, stored.integrationId);
    refuseAnotherKey(document, key);
    const plan = await this.check.storable(work, document);
    if (plan.integration.id !== stored.integrationId) throw new InvalidDocument([ANOTHER_OWNER]);
    const { userId: createdBy, expected } = caller;
    if (JSON.stringify(plan.document) === JSON.stringify(stored.document)) {
      return work.plans.setEnabled(key, plan.enabled ?? stored.enabled, expected);
    }
    const { enabled } = plan;
    const change = { document: plan.document, createdBy, expected, ...(enabled !== undefined && { enabled }) };
    return work.plans.saveVersion(key, change);
  }
}

const ANOTHER_OWNER: Fault = {
  path: '$.integration',
  code: 'immutable',
  message: 'A plan stays with its integration.',
  hint: 'Create another plan for the other integration.',
};

function refuseAnotherKey(document: JsonValue, key: string): void {
  const given = isJsonObject(document) ? document.key : undefined;
  if (typeof given !== 'string' || given === key) return;
  const message = `The key of a plan cannot be changed from "${key}" to "${given.slice(0, 128)}".`;
  throw new InvalidDocument([
    { path: '$.key', code: 'immutable', message, hint: 'Create another plan with that key.' },
  ]);
}

/** A plan can be sent back as it was answered: what the answer adds to the document is left out. */
function withoutAnswered(given: JsonValue, integrationId: string): JsonValue {
  if (!isJsonObject(given)) return given;
  const { version: _version, created_at: _created, updated_at: _updated, ...document }: JsonObject = given;
  if (document.integration === undefined || document.integration_id !== integrationId) return document;
  const { integration_id: _id, ...rest } = document;
  return rest;
}
