import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { component } from '../docs/component';
import { Documented } from '../docs/documented';
import { bodyOf } from '../docs/request-body';
import { apiPath } from '../http/api-path';
import { FromCaller, type Caller } from '../http/caller';
import { PageQuery } from '../http/page.query';
import { pageSchema, type PageResponse } from '../http/page.response';
import { planKey, versionNumber } from '../http/path-id';
import { queryPipe } from '../http/query-pipe';
import { TenantDoor } from '../http/tenant-door';
import { listPlanVersions } from './list-plan-versions';
import { readRollback, rollbackSchema } from './plan-requests';
import { answerPlan, showPlanVersion, type PlanResponse, type PlanVersionResponse } from './plan.response';
import { RollbackPlan } from './rollback-plan.use-case';

@ApiTags('plans')
@Controller(apiPath('plans/:key'))
export class PlanVersionController {
  constructor(
    private readonly door: TenantDoor,
    private readonly rollback: RollbackPlan,
  ) {}

  @Get('versions')
  @Documented({ summary: 'List the versions of a plan', problems: [400, 404] })
  @ApiOkResponse({ description: 'A page, newest first.', schema: pageSchema(component('PlanVersionAnswer')) })
  list(
    @FromCaller() caller: Caller,
    @Param('key', planKey) key: string,
    @Query(queryPipe) page: PageQuery,
  ): Promise<PageResponse<PlanVersionResponse>> {
    return this.door.run(caller, ({ work }) => listPlanVersions(work, key, page));
  }

  @Get('versions/:version')
  @Documented({ summary: 'Show a version of a plan', problems: [404] })
  @ApiOkResponse({ description: 'The version.', schema: component('PlanVersionAnswer') })
  show(
    @FromCaller() caller: Caller,
    @Param('key', planKey) key: string,
    @Param('version', versionNumber) version: number,
  ): Promise<PlanVersionResponse> {
    return this.door.run(caller, async ({ work }) => {
      const plan = await work.plans.get(key);
      return showPlanVersion(await work.plans.version(plan.id, version));
    });
  }

  @Post('rollback')
  @HttpCode(200)
  @Documented({
    summary: 'Return to a version of a plan',
    description: 'Makes a new version with the content of the old one.',
    problems: [400, 404, 412, 415, 422],
    headers: ['If-Match', 'Idempotency-Key'],
  })
  @ApiBody(bodyOf(rollbackSchema, { version: 1 }))
  @ApiOkResponse({ description: 'The plan.', schema: component('PlanAnswer') })
  return(
    @FromCaller() caller: Caller,
    @Param('key', planKey) key: string,
    @Body() body: unknown,
  ): Promise<PlanResponse> {
    const { version } = readRollback(body);
    return this.door.answer(caller, async (scope) =>
      answerPlan(scope.work, await this.rollback.execute(scope, key, version)),
    );
  }
}
