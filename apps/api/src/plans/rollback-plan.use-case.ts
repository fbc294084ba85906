import { Injectable } from '@nestjs/common';
import type { JsonValue } from '@orchid/kernel';
import type { PlanWithDocument } from '@orchid/persistence';
import type { Scope } from '../http/tenant-door';
import { CheckPlan } from './check-plan';

@Injectable()
export class RollbackPlan {
  constructor(private readonly check: CheckPlan) {}

  /** A new version with the content of an old one, which must still be possible. */
  async execute({ work, caller }: Scope, key: string, version: number): Promise<PlanWithDocument> {
    const plan = await work.plans.get(key);
    const old = (await work.plans.version(plan.id, version)).document;
    const { integration: _name, integration_id: _id, ...rest } = old;
    const given = { ...rest, integration_id: plan.integrationId } as unknown as JsonValue;
    const { document } = await this.check.storable(work, given);
    return work.plans.saveVersion(key, { document, createdBy: caller.userId, expected: caller.expected });
  }
}
