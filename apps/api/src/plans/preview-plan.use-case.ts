import { Inject, Injectable } from '@nestjs/common';
import { compileAuthFlow, FlowTokenProvider } from '@orchid/auth';
import {
  contextScope,
  flowAuth,
  LimiterQuota,
  previewExecution,
  type Preview,
  type PreviewInput,
} from '@orchid/engine';
import { newId, Redactor, systemClock } from '@orchid/kernel';
import { compilePlan, planCaps, type PlanDocument } from '@orchid/plan';
import { Conflict, secretMembers, type AuthFlow, type Integration } from '@orchid/persistence';
import { API_PORTS, type ApiPorts } from '../api-ports';
import { InvalidDocument } from '../http/request.errors';
import type { Scope } from '../http/tenant-door';
import { CheckPlan } from './check-plan';
import type { PreviewPlanRequest } from './preview-plan.request';

const DEFAULT_REQUESTS = 5;

interface PlanAtHand {
  readonly integration: Integration;
  readonly document: PlanDocument;
  readonly version: number;
  readonly planId: string | null;
}

/** All that a preview needs from the database. */
export interface PreparedPreview {
  readonly input: PreviewInput;
  readonly integrationId: string;
  readonly flows: readonly AuthFlow[];
}

/** Runs a plan for one config without publishing or storing anything. */
@Injectable()
export class PreviewPlan {
  constructor(
    @Inject(API_PORTS) private readonly ports: ApiPorts,
    private readonly check: CheckPlan,
  ) {}

  /** Throws `InvalidDocument`, `NotFound`, and `Conflict` for a config of another integration. */
  async prepare({ work, caller }: Scope, request: PreviewPlanRequest): Promise<PreparedPreview> {
    const { integration, document, version, planId } = await this.planAtHand(work, request);
    const config = await work.configs.get(request.config_id.toLowerCase());
    if (config.integrationId !== integration.id) {
      throw new Conflict('other_integration', `The config belongs to another integration than "${integration.name}".`);
    }
    const { values, secrets } = await work.configs.decrypted(config.id);
    const kept = planId === null ? null : await work.contexts.find(planId, config.id);
    const flows = await work.authFlows.ofIntegration(integration.id);
    const input: PreviewInput = {
      tenantId: caller.tenantId,
      executionId: newId(),
      integration: integration.name,
      plan: compilePlan(document, planCaps(this.ports.settings.limits)),
      planVersion: version,
      configId: config.id,
      config: values,
      secretFields: secretMembers(integration.configSchema.schema, values),
      redactor: new Redactor(secrets),
      context: contextScope(kept, new Date()),
      maxRequests: request.max_requests ?? DEFAULT_REQUESTS,
    };
    return { input, integrationId: integration.id, flows };
  }

  /** Sends the requests: outside of any transaction, under the same limits and tokens as the workers. */
  execute({ input, integrationId, flows }: PreparedPreview): Promise<Preview> {
    const { tenantId, configId, config, plan } = input;
    const { http, limiter, tokens: cache } = this.ports.outbound;
    const clock = systemClock;
    const compiled = new Map(flows.map((flow) => [flow.name, compileAuthFlow(flow.document)]));
    const provider = new FlowTokenProvider({ tenantId, configId, flows: compiled, config, http, cache, clock });
    const identity = { tenantId, configId, integrationId, config };
    return previewExecution(input, {
      http,
      clock,
      auth: flowAuth(provider, flows),
      quota: new LimiterQuota(limiter, plan.limits, identity, clock),
      random: Math.random,
      traceIds: () => null,
    });
  }

  private async planAtHand(work: Scope['work'], { plan, plan_key }: PreviewPlanRequest): Promise<PlanAtHand> {
    if ((plan === undefined) === (plan_key === undefined)) {
      const message = 'A preview is of a plan document or of a stored plan.';
      throw new InvalidDocument([{ path: '$', code: 'plan_or_key', message, hint: 'Give either plan or plan_key.' }]);
    }
    if (plan_key !== undefined) {
      const stored = await work.plans.get(plan_key);
      const integration = await work.integrations.get(stored.integrationId);
      return { integration, document: stored.document, version: stored.currentVersion, planId: stored.id };
    }
    try {
      const { integration, document } = await this.check.storable(work, plan ?? null);
      return { integration, document, version: 0, planId: null };
    } catch (error) {
      if (!(error instanceof InvalidDocument)) throw error;
      throw new InvalidDocument(error.faults.map((fault) => ({ ...fault, path: fault.path.replace('$', '$.plan') })));
    }
  }
}
