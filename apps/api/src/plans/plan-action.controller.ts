import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBody, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { Preview } from '@orchid/engine';
import { component } from '../docs/component';
import { Documented } from '../docs/documented';
import { bodyOf } from '../docs/request-body';
import { apiPath } from '../http/api-path';
import { FromCaller, type Caller } from '../http/caller';
import { planKey } from '../http/path-id';
import { BadRequest } from '../http/request.errors';
import { TenantDoor } from '../http/tenant-door';
import { planExamples } from './plan-examples';
import { previewPlanSchema, readPreview } from './preview-plan.request';
import { PreviewPlan } from './preview-plan.use-case';
import { PreviewResponse } from './preview.response';
import { TriggeredResponse } from './triggered.response';
import { readTrigger, triggerPlanSchema } from './trigger-plan.request';
import { TriggerPlan } from './trigger-plan.use-case';
import { ValidationResponse } from './validation.response';
import { ValidatePlan, type ValidationAnswer } from './validate-plan.use-case';

const PREVIEW_EXAMPLE = { plan_key: 'contacts', config_id: '0190b1e0-7c00-7000-8000-000000000000', max_requests: 5 };
const TRIGGER_EXAMPLE = { config_id: '0190b1e0-7c00-7000-8000-000000000000', context_override: { next_offset: 0 } };

/** Its text is judged whole, with what a parser would hide: duplicate keys, for one. */
export const VALIDATE_PATH = apiPath('plans/validate');

@ApiTags('plans')
@Controller(apiPath('plans'))
export class PlanActionController {
  constructor(
    private readonly door: TenantDoor,
    private readonly trigger: TriggerPlan,
    private readonly validate: ValidatePlan,
    private readonly preview: PreviewPlan,
  ) {}

  @Post('validate')
  @HttpCode(200)
  @Documented({
    summary: 'Check a plan without storing it',
    description: 'Errors with JSON paths, warnings, and how every expression was understood.',
    problems: [400, 413, 415],
  })
  @ApiBody({ schema: component('Plan'), examples: planExamples })
  @ApiOkResponse({ type: ValidationResponse })
  check(@FromCaller() caller: Caller, @Body() text: unknown): Promise<ValidationAnswer> {
    if (typeof text !== 'string' || text.trim() === '') throw new BadRequest('required', 'The request has no body.');
    return this.door.run(caller, (scope) => this.validate.execute(scope, text));
  }

  @Post('preview')
  @HttpCode(200)
  @Documented({
    summary: 'Try a plan: run it now, publish and store nothing',
    description: 'Per request what was sent, what came back, what each condition came to, and what would be published.',
    problems: [400, 404, 409, 415, 422],
  })
  @ApiBody(bodyOf(previewPlanSchema, PREVIEW_EXAMPLE))
  @ApiOkResponse({ type: PreviewResponse })
  async try(@FromCaller() caller: Caller, @Body() body: unknown): Promise<Preview> {
    const request = readPreview(body);
    const prepared = await this.door.run(caller, (scope) => this.preview.prepare(scope, request));
    return this.preview.execute(prepared);
  }

  @Post(':key/trigger')
  @HttpCode(202)
  @Documented({
    summary: 'Run a plan now',
    description: 'Also a disabled one. While an execution of the pair runs, one more may wait behind it.',
    problems: [400, 404, 409, 415, 422],
    headers: ['Idempotency-Key'],
  })
  @ApiBody(bodyOf(triggerPlanSchema, TRIGGER_EXAMPLE))
  @ApiAcceptedResponse({ type: TriggeredResponse })
  run(
    @FromCaller() caller: Caller,
    @Param('key', planKey) key: string,
    @Body() body: unknown,
  ): Promise<TriggeredResponse> {
    const request = readTrigger(body);
    return this.door.answer(caller, async (scope) => {
      const id = await this.trigger.execute(scope, key, request);
      return { body: { execution_id: id, status: 'queued' as const }, location: apiPath(`executions/${id}`) };
    });
  }
}
