import { LONGEST_TOLD_WAIT_MS } from './retry-after';

export interface RateLimitFields {
  readonly limit?: number;
  readonly closedForMs?: number;
}

/**
 * The `RateLimit` and `RateLimit-Policy` fields (draft-ietf-httpapi-ratelimit-headers), and the three separate fields of
 * its earlier drafts. A policy's quota counts only when its window is `windowMs`; a spent one closes whatever its window.
 */
export function parseRateLimitFields(
  headers: Readonly<Record<string, string>>,
  windowMs: number | undefined,
): RateLimitFields {
  const closedForMs = spentFor(headers);
  const limit = items(headers['ratelimit-policy']).find(
    (policy) => policy.w !== undefined && policy.w * 1000 === windowMs && (policy.q ?? 0) >= 1,
  )?.q;
  return { ...(limit !== undefined && { limit }), ...(closedForMs > 0 && { closedForMs }) };
}

function spentFor(headers: Readonly<Record<string, string>>): number {
  const older = { r: number(headers['ratelimit-remaining']), t: number(headers['ratelimit-reset']) };
  const waits = [...items(headers.ratelimit), older].map(({ r, t }) => (r === 0 && t !== undefined ? t * 1000 : 0));
  return Math.min(Math.max(...waits), LONGEST_TOLD_WAIT_MS);
}

interface Item {
  readonly q?: number | undefined;
  readonly w?: number | undefined;
  readonly r?: number | undefined;
  readonly t?: number | undefined;
}

/** Members of a structured field list (RFC 9651), of which only the whole-number parameters matter here. */
function items(field: string | undefined): Item[] {
  if (field === undefined || field.length > 4_096) return [];
  return field.split(',').map((member) => {
    const parameter = (name: string): number | undefined => number(new RegExp(`;\\s*${name}=(\\d+)`).exec(member)?.[1]);
    return { q: parameter('q'), w: parameter('w'), r: parameter('r'), t: parameter('t') };
  });
}

function number(field: string | undefined): number | undefined {
  return field !== undefined && /^\s*\d{1,12}\s*$/.test(field) ? Number(field) : undefined;
}
