import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Documented } from '../docs/documented';
import { apiPath } from '../http/api-path';
import { FromCaller, type Caller } from '../http/caller';
import { ApiPage, pageOf, type PageResponse } from '../http/page.response';
import { idOf } from '../http/path-id';
import { queryPipe } from '../http/query-pipe';
import { TenantDoor } from '../http/tenant-door';
import { CancelExecution } from './cancel-execution.use-case';
import { ExecutionListQuery } from './execution-list.query';
import { ExecutionResponse, showExecution } from './execution.response';
import { ExecutionEvents } from './execution-events';

const executionId = idOf('execution');

@ApiTags('executions')
@Controller(apiPath('executions'))
export class ExecutionController {
  constructor(
    private readonly door: TenantDoor,
    private readonly cancel: CancelExecution,
    private readonly events: ExecutionEvents,
  ) {}

  @Get()
  @Documented({ summary: 'List executions', problems: [400] })
  @ApiPage(ExecutionResponse)
  async list(
    @FromCaller() caller: Caller,
    @Query(queryPipe) query: ExecutionListQuery,
  ): Promise<PageResponse<ExecutionResponse>> {
    const { plan_key: planKey, config_id: configId, status, since, until, ...page } = query;
    const filter = { planKey, configId, status, since, until };
    return pageOf(await this.door.run(caller, ({ work }) => work.executions.list(filter, page)), showExecution);
  }

  @Get(':id')
  @Documented({ summary: 'Show an execution', problems: [404] })
  @ApiOkResponse({ type: ExecutionResponse })
  async show(@FromCaller() caller: Caller, @Param('id', executionId) id: string): Promise<ExecutionResponse> {
    return showExecution(await this.door.run(caller, ({ work }) => work.executions.get(id)));
  }

  @Post(':id/cancel')
  @HttpCode(202)
  @Documented({
    summary: 'Cancel an execution',
    description: 'One that waits ends at once; one that runs stops before its next request.',
    problems: [404, 409],
    headers: ['Idempotency-Key'],
  })
  @ApiAcceptedResponse({ type: ExecutionResponse })
  stop(@FromCaller() caller: Caller, @Param('id', executionId) id: string): Promise<ExecutionResponse> {
    return this.door.answer(caller, async (scope) => ({ body: showExecution(await this.cancel.execute(scope, id)) }));
  }

  @Get(':id/events')
  @Documented({
    summary: 'Watch an execution',
    description:
      'Server-sent events: `progress` with the execution whenever it changes, and last `receipt`; then the answer ends.',
    problems: [404],
  })
  @ApiOkResponse({ description: 'Events.', content: { 'text/event-stream': { schema: { type: 'string' } } } })
  watch(@FromCaller() caller: Caller, @Param('id', executionId) id: string): Promise<void> {
    return this.events.send(caller, id);
  }
}
