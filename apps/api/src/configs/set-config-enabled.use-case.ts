import { Injectable } from '@nestjs/common';
import type { Scope } from '../http/tenant-door';
import type { ShownConfig } from './config.response';

@Injectable()
export class SetConfigEnabled {
  /** Disabling stops its schedules and cancels its waiting executions; enabling makes its plans due. */
  async execute({ work, caller }: Scope, id: string, enabled: boolean): Promise<ShownConfig> {
    const config = await work.configs.setEnabled(id, enabled, caller.expected);
    return { config, schema: (await work.integrations.get(config.integrationId)).configSchema.schema };
  }
}
