import { Injectable } from '@nestjs/common';
import type { Integration } from '@orchid/persistence';
import type { Scope } from '../http/tenant-door';
import { integrationFields } from './integration-fields';
import type { IntegrationRequest } from './integration.request';

@Injectable()
export class UpdateIntegration {
  /** Configs stay as they are: a changed schema counts when they are next saved, but for what it makes secret. */
  async execute({ work, caller }: Scope, id: string, request: IntegrationRequest): Promise<Integration> {
    await work.integrations.get(id);
    return work.integrations.update(id, integrationFields(request), caller.expected);
  }
}
