import { Injectable } from '@nestjs/common';
import type { AuthFlow } from '@orchid/persistence';
import type { Scope } from '../http/tenant-door';
import { referredIntegration } from '../integrations/referred-integration';
import type { AuthFlowRequest } from './auth-flow.request';

@Injectable()
export class CreateAuthFlow {
  async execute({ work }: Scope, { integrationId, name, document }: AuthFlowRequest): Promise<AuthFlow> {
    const integration = await referredIntegration(work, integrationId ?? '');
    return work.authFlows.create({ integrationId: integration.id, name, document });
  }
}
