import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { component } from '../docs/component';
import { Documented } from '../docs/documented';
import { bodyOf } from '../docs/request-body';
import { apiPath } from '../http/api-path';
import { FromCaller, type Caller } from '../http/caller';
import { pageSchema, type PageResponse } from '../http/page.response';
import { planKey } from '../http/path-id';
import { queryPipe } from '../http/query-pipe';
import { TenantDoor } from '../http/tenant-door';
import { CreatePlan } from './create-plan.use-case';
import { planExamples } from './plan-examples';
import { PlanListQuery } from './plan-list.query';
import { enabledSchema, readEnabled, readPlan } from './plan-requests';
import { answerPlan, showPlans, type PlanResponse } from './plan.response';
import { UpdatePlan } from './update-plan.use-case';

const ANSWER = { description: 'The plan.', schema: component('PlanAnswer') };
const BODY = { schema: component('Plan'), examples: planExamples };

@ApiTags('plans')
@Controller(apiPath('plans'))
export class PlanController {
  constructor(
    private readonly door: TenantDoor,
    private readonly create: CreatePlan,
    private readonly update: UpdatePlan,
  ) {}

  @Get()
  @Documented({ summary: 'List plans', problems: [400] })
  @ApiOkResponse({ description: 'A page, newest first.', schema: pageSchema(component('PlanAnswer')) })
  list(@FromCaller() caller: Caller, @Query(queryPipe) query: PlanListQuery): Promise<PageResponse<PlanResponse>> {
    const { integration_id: integrationId, enabled, ...page } = query;
    const filter = { ...(integrationId !== undefined && { integrationId }), ...(enabled !== undefined && { enabled }) };
    return this.door.run(caller, async ({ work }) => {
      const { data, nextCursor } = await work.plans.list(filter, page);
      return { data: await showPlans(work, data), next_cursor: nextCursor };
    });
  }

  @Post()
  @Documented({
    summary: 'Add a plan',
    description: 'Every fault of the document is answered at once, each with its JSON path and a hint.',
    problems: [400, 409, 413, 415, 422],
    headers: ['Idempotency-Key'],
  })
  @ApiBody(BODY)
  @ApiCreatedResponse(ANSWER)
  add(@FromCaller() caller: Caller, @Body() body: unknown): Promise<PlanResponse> {
    const document = readPlan(body);
    return this.door.answer(caller, async (scope) =>
      answerPlan(scope.work, await this.create.execute(scope, document)),
    );
  }

  @Get(':key')
  @Documented({ summary: 'Show a plan', problems: [404] })
  @ApiOkResponse(ANSWER)
  show(@FromCaller() caller: Caller, @Param('key', planKey) key: string): Promise<PlanResponse> {
    return this.door.answer(caller, async ({ work }) => answerPlan(work, await work.plans.get(key)));
  }

  @Put(':key')
  @Documented({
    summary: 'Replace a plan',
    description:
      'A changed document becomes a new version. Without `enabled` the plan stays enabled or disabled as it is.',
    problems: [400, 404, 409, 412, 413, 415, 422],
    headers: ['If-Match'],
  })
  @ApiBody(BODY)
  @ApiOkResponse(ANSWER)
  replace(
    @FromCaller() caller: Caller,
    @Param('key', planKey) key: string,
    @Body() body: unknown,
  ): Promise<PlanResponse> {
    const document = readPlan(body);
    return this.door.answer(caller, async (scope) =>
      answerPlan(scope.work, await this.update.execute(scope, key, document)),
    );
  }

  @Delete(':key')
  @HttpCode(204)
  @Documented({
    summary: 'Delete a plan',
    description: 'What waits is cancelled, what runs is stopped; its history stays until retention.',
    problems: [404, 412],
    headers: ['If-Match'],
  })
  @ApiNoContentResponse()
  remove(@FromCaller() caller: Caller, @Param('key', planKey) key: string): Promise<void> {
    return this.door.run(caller, ({ work }) => work.plans.delete(key, caller.expected));
  }

  @Patch(':key/enabled')
  @Documented({
    summary: 'Enable or disable a plan',
    description: 'An enabled plan is due at once for each enabled config, or at the next time of its schedule.',
    problems: [400, 404, 412, 415, 422],
    headers: ['If-Match'],
  })
  @ApiBody(bodyOf(enabledSchema, { enabled: true }))
  @ApiOkResponse(ANSWER)
  setEnabled(
    @FromCaller() caller: Caller,
    @Param('key', planKey) key: string,
    @Body() body: unknown,
  ): Promise<PlanResponse> {
    const { enabled } = readEnabled(body);
    return this.door.answer(caller, async ({ work }) =>
      answerPlan(work, await work.plans.setEnabled(key, enabled, caller.expected)),
    );
  }
}
