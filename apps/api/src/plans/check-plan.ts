import { Inject, Injectable } from '@nestjs/common';
import type { Fault, JsonValue } from '@orchid/kernel';
import { planCaps, validatePlan, type PlanCaps, type PlanDocument, type PlanValidation } from '@orchid/plan';
import type { Integration, TenantWork } from '@orchid/persistence';
import { API_PORTS, type ApiPorts } from '../api-ports';
import { InvalidDocument } from '../http/request.errors';
import { authFaults } from './auth-faults';
import { limitFaults } from './limit-faults';

import { configFields, planIntegration } from './plan-integration';

/** What the document says of itself, and what it needs that this tenant does not have. */
export interface PlanFindings {
  readonly validation: PlanValidation;
  readonly integration: Integration | null;
  readonly missing: readonly Fault[];
}

/** A plan that can be stored and run. */
export interface StorablePlan {
  readonly integration: Integration;
  /** Canonical, with the integration's name and without `enabled`, which is not part of a version. */
  readonly document: PlanDocument;
  /** As the document says; undefined when it does not. */
  readonly enabled: boolean | undefined;
}

/** Holds plan documents against the language and against what the tenant has. */
@Injectable()
export class CheckPlan {
  private readonly caps: PlanCaps;

  constructor(@Inject(API_PORTS) { settings }: ApiPorts) {
    this.caps = planCaps(settings.limits);
  }

  async inspect(work: TenantWork, document: JsonValue): Promise<PlanFindings> {
    const { integration, faults } = await planIntegration(work, document);
    const fields = configFields(integration);
    const validation = validatePlan(document, {
      caps: this.caps,
      ...(fields !== undefined && { configFields: fields }),
    });
    if (!validation.ok || integration === null) return { validation, integration, missing: faults };
    const auth = await authFaults(work, validation.plan, integration);
    const limits = await limitFaults(work, validation.plan, integration.id);
    return { validation, integration, missing: [...auth, ...limits] };
  }

  /** Throws `InvalidDocument` with everything that keeps the plan from being stored. */
  async storable(work: TenantWork, given: JsonValue): Promise<StorablePlan> {
    const { validation, integration, missing } = await this.inspect(work, given);
    if (!validation.ok) throw new InvalidDocument([...validation.faults, ...missing]);
    if (missing.length > 0 || integration === null) throw new InvalidDocument(missing);
    const { key, integration: _name, integration_id: _id, enabled, ...rest } = validation.document;
    return { integration, document: { key, integration: integration.name, ...rest }, enabled };
  }
}
