import { Injectable } from '@nestjs/common';
import type { JsonValue } from '@orchid/kernel';
import type { PlanWithDocument } from '@orchid/persistence';
import type { Scope } from '../http/tenant-door';
import { CheckPlan } from './check-plan';

@Injectable()
export class CreatePlan {
  constructor(private readonly check: CheckPlan) {}

  async execute({ work, caller }: Scope, given: JsonValue): Promise<PlanWithDocument> {
    const { integration, document, enabled = false } = await this.check.storable(work, given);
    return work.plans.create({ integrationId: integration.id, document, enabled, createdBy: caller.userId });
  }
}
