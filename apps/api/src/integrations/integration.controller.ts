import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Documented } from '../docs/documented';
import { bodyOf } from '../docs/request-body';
import { apiPath } from '../http/api-path';
import { FromCaller, type Caller } from '../http/caller';
import { PageQuery } from '../http/page.query';
import { ApiPage, pageOf, type PageResponse } from '../http/page.response';
import { idOf } from '../http/path-id';
import { queryPipe } from '../http/query-pipe';
import { TenantDoor } from '../http/tenant-door';
import { CreateIntegration } from './create-integration.use-case';
import { DeleteIntegrationQuery } from './delete-integration.query';
import { integrationExample, integrationRequestSchema, readIntegration } from './integration.request';
import { answerIntegration, IntegrationResponse, showIntegration } from './integration.response';
import { UpdateIntegration } from './update-integration.use-case';

const integrationId = idOf('integration');

@ApiTags('integrations')
@Controller(apiPath('integrations'))
export class IntegrationController {
  constructor(
    private readonly door: TenantDoor,
    private readonly create: CreateIntegration,
    private readonly update: UpdateIntegration,
  ) {}

  @Get()
  @Documented({ summary: 'List integrations', problems: [400] })
  @ApiPage(IntegrationResponse)
  async list(
    @FromCaller() caller: Caller,
    @Query(queryPipe) page: PageQuery,
  ): Promise<PageResponse<IntegrationResponse>> {
    const found = await this.door.run(caller, ({ work }) => work.integrations.list(page));
    return pageOf(found, showIntegration);
  }

  @Post()
  @Documented({ summary: 'Add an integration', problems: [400, 409, 413, 415, 422], headers: ['Idempotency-Key'] })
  @ApiBody(bodyOf(integrationRequestSchema, integrationExample))
  @ApiCreatedResponse({ type: IntegrationResponse })
  add(@FromCaller() caller: Caller, @Body() body: unknown): Promise<IntegrationResponse> {
    const request = readIntegration(body);
    return this.door.answer(caller, async (scope) => answerIntegration(await this.create.execute(scope, request)));
  }

  @Get(':id')
  @Documented({ summary: 'Show an integration', problems: [404] })
  @ApiOkResponse({ type: IntegrationResponse })
  show(@FromCaller() caller: Caller, @Param('id', integrationId) id: string): Promise<IntegrationResponse> {
    return this.door.answer(caller, async ({ work }) => answerIntegration(await work.integrations.get(id)));
  }

  @Put(':id')
  @Documented({
    summary: 'Replace an integration',
    problems: [400, 404, 409, 412, 413, 415, 422],
    headers: ['If-Match'],
  })
  @ApiBody(bodyOf(integrationRequestSchema, integrationExample))
  @ApiOkResponse({ type: IntegrationResponse })
  replace(
    @FromCaller() caller: Caller,
    @Param('id', integrationId) id: string,
    @Body() body: unknown,
  ): Promise<IntegrationResponse> {
    const request = readIntegration(body);
    return this.door.answer(caller, async (scope) => answerIntegration(await this.update.execute(scope, id, request)));
  }

  @Delete(':id')
  @HttpCode(204)
  @Documented({
    summary: 'Delete an integration',
    description: 'Refused while it has configs, auth flows or plans, unless `cascade` is set.',
    problems: [400, 404, 409, 412],
    headers: ['If-Match'],
  })
  @ApiNoContentResponse()
  remove(
    @FromCaller() caller: Caller,
    @Param('id', integrationId) id: string,
    @Query(queryPipe) { cascade }: DeleteIntegrationQuery,
  ): Promise<void> {
    const options = caller.expected === undefined ? { cascade } : { cascade, expected: caller.expected };
    return this.door.run(caller, ({ work }) => work.integrations.delete(id, options));
  }
}
