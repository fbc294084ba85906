import { Injectable } from '@nestjs/common';
import { InvalidDocument } from '../http/request.errors';
import type { Scope } from '../http/tenant-door';
import type { UpdateConfigRequest } from './config.request';
import { fullValues } from './full-values';
import type { ShownConfig } from './config.response';

@Injectable()
export class UpdateConfig {
  async execute({ work, caller }: Scope, id: string, request: UpdateConfigRequest): Promise<ShownConfig> {
    const stored = await work.configs.decrypted(id);
    const { integrationId } = await work.configs.get(id);
    if ((request.integration_id ?? integrationId).toLowerCase() !== integrationId)
      throw new InvalidDocument([ANOTHER_OWNER]);
    const { schema } = (await work.integrations.get(integrationId)).configSchema;
    const values = fullValues(schema, request.values ?? {}, stored.values);
    const { expected } = caller;
    const changed = await work.configs.update(id, { name: request.name, values, schema, expected });
    const config = request.enabled === undefined ? changed : await work.configs.setEnabled(id, request.enabled);
    return { config, schema };
  }
}

const ANOTHER_OWNER = {
  path: '$.integration_id',
  code: 'immutable',
  message: 'A config stays with its integration.',
  hint: 'Create another config for the other integration.',
};
