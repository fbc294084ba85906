import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Documented } from '../docs/documented';
import { bodyOf } from '../docs/request-body';
import { apiPath } from '../http/api-path';
import { FromCaller, type Caller } from '../http/caller';
import { ApiPage, type PageResponse } from '../http/page.response';
import { idOf } from '../http/path-id';
import { queryPipe } from '../http/query-pipe';
import { TenantDoor } from '../http/tenant-door';
import { ConfigListQuery } from './config-list.query';
import { configExample, createConfigSchema, readConfig, readNewConfig, updateConfigSchema } from './config.request';
import { answerConfig, ConfigResponse } from './config.response';
import { CreateConfig } from './create-config.use-case';
import { ReadConfigs } from './read-configs.use-case';
import { SetConfigEnabled } from './set-config-enabled.use-case';
import { UpdateConfig } from './update-config.use-case';

const configId = idOf('config');
const EXAMPLE = { integration_id: '0190b1e0-7c00-7000-8000-000000000000', ...configExample };

@ApiTags('configs')
@Controller(apiPath('configs'))
export class ConfigController {
  constructor(
    private readonly door: TenantDoor,
    private readonly read: ReadConfigs,
    private readonly create: CreateConfig,
    private readonly update: UpdateConfig,
    private readonly setEnabled: SetConfigEnabled,
  ) {}

  @Get()
  @Documented({ summary: 'List the configs of an integration', problems: [400] })
  @ApiPage(ConfigResponse)
  list(@FromCaller() caller: Caller, @Query(queryPipe) query: ConfigListQuery): Promise<PageResponse<ConfigResponse>> {
    return this.door.run(caller, (scope) => this.read.list(scope, query));
  }

  @Post()
  @Documented({ summary: 'Add a config', problems: [400, 409, 413, 415, 422], headers: ['Idempotency-Key'] })
  @ApiBody(bodyOf(createConfigSchema, EXAMPLE))
  @ApiCreatedResponse({ type: ConfigResponse })
  add(@FromCaller() caller: Caller, @Body() body: unknown): Promise<ConfigResponse> {
    const request = readNewConfig(body);
    return this.door.answer(caller, async (scope) => answerConfig(await this.create.execute(scope, request)));
  }

  @Get(':id')
  @Documented({ summary: 'Show a config', problems: [404] })
  @ApiOkResponse({ type: ConfigResponse })
  show(@FromCaller() caller: Caller, @Param('id', configId) id: string): Promise<ConfigResponse> {
    return this.door.answer(caller, async (scope) => answerConfig(await this.read.one(scope, id)));
  }

  @Put(':id')
  @Documented({
    summary: 'Replace a config',
    description: 'A secret that is sent as ******** keeps its stored value.',
    problems: [400, 404, 409, 412, 413, 415, 422],
    headers: ['If-Match'],
  })
  @ApiBody(bodyOf(updateConfigSchema, configExample))
  @ApiOkResponse({ type: ConfigResponse })
  replace(
    @FromCaller() caller: Caller,
    @Param('id', configId) id: string,
    @Body() body: unknown,
  ): Promise<ConfigResponse> {
    const request = readConfig(body);
    return this.door.answer(caller, async (scope) => answerConfig(await this.update.execute(scope, id, request)));
  }

  @Delete(':id')
  @HttpCode(204)
  @Documented({
    summary: 'Delete a config',
    description: 'Its values are erased; what waits is cancelled, what runs is stopped; its history stays.',
    problems: [404, 412],
    headers: ['If-Match'],
  })
  @ApiNoContentResponse()
  remove(@FromCaller() caller: Caller, @Param('id', configId) id: string): Promise<void> {
    return this.door.run(caller, ({ work }) => work.configs.delete(id, caller.expected));
  }

  @Post(':id/enable')
  @HttpCode(200)
  @Documented({
    summary: 'Enable a config',
    description: 'Its plans become due.',
    problems: [404, 412],
    headers: ['If-Match'],
  })
  @ApiOkResponse({ type: ConfigResponse })
  enable(@FromCaller() caller: Caller, @Param('id', configId) id: string): Promise<ConfigResponse> {
    return this.door.answer(caller, async (scope) => answerConfig(await this.setEnabled.execute(scope, id, true)));
  }

  @Post(':id/disable')
  @HttpCode(200)
  @Documented({
    summary: 'Disable a config',
    description: 'Its plans are no longer due, and its waiting executions are cancelled.',
    problems: [404, 412],
    headers: ['If-Match'],
  })
  @ApiOkResponse({ type: ConfigResponse })
  disable(@FromCaller() caller: Caller, @Param('id', configId) id: string): Promise<ConfigResponse> {
    return this.door.answer(caller, async (scope) => answerConfig(await this.setEnabled.execute(scope, id, false)));
  }
}
