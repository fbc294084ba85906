import { Injectable } from '@nestjs/common';
import { pageOf, type PageResponse } from '../http/page.response';
import type { Scope } from '../http/tenant-door';
import type { ConfigListQuery } from './config-list.query';
import { showConfig, type ConfigResponse, type ShownConfig } from './config.response';

/** Reads configs together with the schema that says what of them is secret. */
@Injectable()
export class ReadConfigs {
  async one({ work }: Scope, id: string): Promise<ShownConfig> {
    const config = await work.configs.get(id);
    return { config, schema: (await work.integrations.get(config.integrationId)).configSchema.schema };
  }

  async list(
    { work }: Scope,
    { integration_id: integrationId, enabled, ...page }: ConfigListQuery,
  ): Promise<PageResponse<ConfigResponse>> {
    const integration = await work.integrations.find(integrationId);
    if (integration === null) return { data: [], next_cursor: null };
    const { schema } = integration.configSchema;
    const found = await work.configs.list({ integrationId, ...(enabled !== undefined && { enabled }) }, page);
    return pageOf(found, (config) => showConfig({ config, schema }));
  }
}
