import { InvalidCursor, type TenantWork } from '@orchid/persistence';
import type { PageQuery } from '../http/page.query';
import type { PageResponse } from '../http/page.response';
import { showPlanVersion, type PlanVersionResponse } from './plan.response';

const CURSOR = /^v([1-9]\d{0,8})$/;

/** One page of a plan's versions. Throws `InvalidCursor`. */
export async function listPlanVersions(
  work: TenantWork,
  key: string,
  { limit, cursor }: PageQuery,
): Promise<PageResponse<PlanVersionResponse>> {
  const before = cursor === undefined ? {} : { before: decode(cursor) };
  const versions = await work.plans.versions(key, { limit: limit + 1, ...before });
  const shown = versions.slice(0, limit);
  const last = shown.at(-1);
  const hasMore = versions.length > limit && last !== undefined;
  return { data: shown.map(showPlanVersion), next_cursor: hasMore ? encode(last.version) : null };
}

function encode(version: number): string {
  return Buffer.from(`v${version}`, 'utf8').toString('base64url');
}

function decode(cursor: string): number {
  const [, version] = CURSOR.exec(Buffer.from(cursor, 'base64url').toString('utf8')) ?? [];
  if (version === undefined) throw new InvalidCursor();
  return Number(version);
}
