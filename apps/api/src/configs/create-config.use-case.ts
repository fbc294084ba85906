import { Injectable } from '@nestjs/common';
import { referredIntegration } from '../integrations/referred-integration';
import type { Scope } from '../http/tenant-door';
import type { CreateConfigRequest } from './config.request';
import { fullValues } from './full-values';
import type { ShownConfig } from './config.response';

@Injectable()
export class CreateConfig {
  async execute({ work }: Scope, request: CreateConfigRequest): Promise<ShownConfig> {
    const integration = await referredIntegration(work, request.integration_id);
    const { schema } = integration.configSchema;
    const { name, enabled = true } = request;
    const values = fullValues(schema, request.values ?? {}, {});
    return {
      config: await work.configs.create({ integrationId: integration.id, name, values, schema, enabled }),
      schema,
    };
  }
}
