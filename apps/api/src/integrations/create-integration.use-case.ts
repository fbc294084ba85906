import { Injectable } from '@nestjs/common';
import type { Integration } from '@orchid/persistence';
import type { Scope } from '../http/tenant-door';
import { integrationFields } from './integration-fields';
import type { IntegrationRequest } from './integration.request';

@Injectable()
export class CreateIntegration {
  execute({ work }: Scope, request: IntegrationRequest): Promise<Integration> {
    return work.integrations.create(integrationFields(request));
  }
}
