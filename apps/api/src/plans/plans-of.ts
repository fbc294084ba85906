import type { PlanWithDocument, TenantWork } from '@orchid/persistence';

const PAGE = 200;

/** Every plan of an integration. */
export async function* plansOf(work: TenantWork, integrationId: string): AsyncGenerator<PlanWithDocument> {
  let cursor: string | null = null;
  do {
    const page = await work.plans.list({ integrationId }, { limit: PAGE, cursor });
    yield* page.data;
    cursor = page.nextCursor;
  } while (cursor !== null);
}
