import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { component } from '../docs/component';
import { Documented } from '../docs/documented';
import { apiPath } from '../http/api-path';
import { FromCaller, type Caller } from '../http/caller';
import { pageOf, pageSchema, type PageResponse } from '../http/page.response';
import { idOf } from '../http/path-id';
import { queryPipe } from '../http/query-pipe';
import { TenantDoor } from '../http/tenant-door';
import { AuthFlowListQuery } from './auth-flow-list.query';
import { authFlowExample, readAuthFlow } from './auth-flow.request';
import { answerAuthFlow, showAuthFlow, type AuthFlowResponse } from './auth-flow.response';
import { CreateAuthFlow } from './create-auth-flow.use-case';
import { DeleteAuthFlow } from './delete-auth-flow.use-case';
import { UpdateAuthFlow } from './update-auth-flow.use-case';

const flowId = idOf('auth_flow');
const ANSWER = { description: 'The flow.', schema: component('AuthFlowAnswer') };
const BODY = {
  schema: component('AuthFlow'),
  examples: { flow: { summary: 'Client credentials', value: authFlowExample } },
};

@ApiTags('auth-flows')
@Controller(apiPath('auth-flows'))
export class AuthFlowController {
  constructor(
    private readonly door: TenantDoor,
    private readonly create: CreateAuthFlow,
    private readonly update: UpdateAuthFlow,
    private readonly remove: DeleteAuthFlow,
  ) {}

  @Get()
  @Documented({ summary: 'List the auth flows of an integration', problems: [400] })
  @ApiOkResponse({ description: 'A page, newest first.', schema: pageSchema(component('AuthFlowAnswer')) })
  async list(
    @FromCaller() caller: Caller,
    @Query(queryPipe) query: AuthFlowListQuery,
  ): Promise<PageResponse<AuthFlowResponse>> {
    const { integration_id: integrationId, ...page } = query;
    return pageOf(await this.door.run(caller, ({ work }) => work.authFlows.list(integrationId, page)), showAuthFlow);
  }

  @Post()
  @Documented({
    summary: 'Add an auth flow',
    description: 'How to obtain a token. Secrets belong into configs; a flow refers to them.',
    problems: [400, 409, 413, 415, 422],
    headers: ['Idempotency-Key'],
  })
  @ApiBody(BODY)
  @ApiCreatedResponse(ANSWER)
  add(@FromCaller() caller: Caller, @Body() body: unknown): Promise<AuthFlowResponse> {
    const request = readAuthFlow(body, { needsIntegration: true });
    return this.door.answer(caller, async (scope) => answerAuthFlow(await this.create.execute(scope, request)));
  }

  @Get(':id')
  @Documented({ summary: 'Show an auth flow', problems: [404] })
  @ApiOkResponse(ANSWER)
  show(@FromCaller() caller: Caller, @Param('id', flowId) id: string): Promise<AuthFlowResponse> {
    return this.door.answer(caller, async ({ work }) => answerAuthFlow(await work.authFlows.get(id)));
  }

  @Put(':id')
  @Documented({
    summary: 'Replace an auth flow',
    description: 'Another name is refused while plans refer to the flow by its name.',
    problems: [400, 404, 409, 412, 413, 415, 422],
    headers: ['If-Match'],
  })
  @ApiBody(BODY)
  @ApiOkResponse(ANSWER)
  replace(
    @FromCaller() caller: Caller,
    @Param('id', flowId) id: string,
    @Body() body: unknown,
  ): Promise<AuthFlowResponse> {
    const request = readAuthFlow(body, { needsIntegration: false });
    return this.door.answer(caller, async (scope) => answerAuthFlow(await this.update.execute(scope, id, request)));
  }

  @Delete(':id')
  @HttpCode(204)
  @Documented({
    summary: 'Delete an auth flow',
    description: 'Refused while plans need it.',
    problems: [404, 409, 412],
    headers: ['If-Match'],
  })
  @ApiNoContentResponse()
  delete(@FromCaller() caller: Caller, @Param('id', flowId) id: string): Promise<void> {
    return this.door.run(caller, (scope) => this.remove.execute(scope, id));
  }
}
