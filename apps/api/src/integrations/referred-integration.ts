import type { Integration, TenantWork } from '@orchid/persistence';
import { InvalidDocument } from '../http/request.errors';

/** The integration that a document names in `integration_id`. Throws `InvalidDocument` when this tenant has none of that id. */
export async function referredIntegration(work: TenantWork, id: string): Promise<Integration> {
  const found = await work.integrations.find(id);
  if (found !== null) return found;
  const hint = 'The ids are listed under /api/v1/integrations.';
  const message = `There is no integration with the id ${id}.`;
  throw new InvalidDocument([{ path: '$.integration_id', code: 'unknown_integration', message, hint }]);
}
