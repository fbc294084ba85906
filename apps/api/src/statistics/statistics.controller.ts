import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Documented } from '../docs/documented';
import { apiPath } from '../http/api-path';
import { FromCaller, type Caller } from '../http/caller';
import { ApiPage, type PageResponse } from '../http/page.response';
import { idOf, planKey } from '../http/path-id';
import { queryPipe } from '../http/query-pipe';
import { TenantDoor } from '../http/tenant-door';
import { StatisticsQuery } from './statistics.query';
import { showStatistics, StatisticsResponse } from './statistics.response';

@ApiTags('statistics')
@Controller(apiPath('statistics'))
export class StatisticsController {
  constructor(private readonly door: TenantDoor) {}

  @Get()
  @Documented({
    summary: 'Statistics of a plan, by config',
    description: 'Of every config that the plan has run for.',
    problems: [400, 404],
  })
  @ApiPage(StatisticsResponse)
  list(
    @FromCaller() caller: Caller,
    @Query(queryPipe) query: StatisticsQuery,
  ): Promise<PageResponse<StatisticsResponse>> {
    return this.door.run(caller, async ({ work }) => {
      const plan = await work.plans.get(query.plan_key);
      const found = await work.statistics.ofPlan(plan.id);
      return { data: found.map((each) => showStatistics(plan.key, each.configId, each)), next_cursor: null };
    });
  }

  @Get(':plan_key/:config_id')
  @Documented({ summary: 'Statistics of a plan and config', problems: [404] })
  @ApiOkResponse({ type: StatisticsResponse })
  show(
    @FromCaller() caller: Caller,
    @Param('plan_key', planKey) key: string,
    @Param('config_id', idOf('config')) configId: string,
  ): Promise<StatisticsResponse> {
    return this.door.run(caller, async ({ work }) => {
      const plan = await work.plans.get(key);
      const config = await work.configs.get(configId);
      return showStatistics(plan.key, config.id, await work.statistics.find(plan.id, config.id));
    });
  }
}
