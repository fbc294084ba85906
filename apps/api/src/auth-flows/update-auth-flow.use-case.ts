import { Injectable } from '@nestjs/common';
import type { AuthFlow } from '@orchid/persistence';
import { InvalidDocument } from '../http/request.errors';
import type { Scope } from '../http/tenant-door';
import { refuseWhileUsed } from './auth-flow-use';
import type { AuthFlowRequest } from './auth-flow.request';

@Injectable()
export class UpdateAuthFlow {
  async execute({ work, caller }: Scope, id: string, request: AuthFlowRequest): Promise<AuthFlow> {
    const { name, document } = request;
    const stored = await work.authFlows.get(id);
    const owner = request.integrationId?.toLowerCase() ?? stored.integrationId;
    if (owner !== stored.integrationId) throw new InvalidDocument([ANOTHER_OWNER]);
    if (name !== stored.name) await refuseWhileUsed(work, stored, 'name');
    return work.authFlows.update(id, { name, document }, caller.expected);
  }
}

const ANOTHER_OWNER = {
  path: '$.integration_id',
  code: 'immutable',
  message: 'An auth flow stays with its integration.',
  hint: 'Create another flow for the other integration.',
};
