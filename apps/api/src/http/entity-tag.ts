import { BadRequest } from './request.errors';

/** A revision that no row ever has. */
const NEVER = -1;
const TAG = /^(?:W\/)?"[\x21\x23-\x7e]*"$/;

/** The `ETag` of a row's revision: strong (RFC 9110, section 8.8.3). */
export function entityTag(revision: number): string {
  return `"${revision}"`;
}

/**
 * The revision that `If-Match` asks for; undefined when any will do. A tag that is weak or not ours matches nothing
 * (RFC 9110, section 13.1.1). Throws `BadRequest`.
 */
export function expectedRevision(ifMatch: string | undefined): number | undefined {
  if (ifMatch === undefined || ifMatch.trim() === '*') return undefined;
  const tags = ifMatch.split(',').map((tag) => tag.trim());
  const isOne = tags.length === 1 && TAG.test(tags[0] ?? '');
  if (!isOne)
    throw new BadRequest('invalid_header', 'If-Match must be one ETag as it was answered, such as "3", or *.');
  const [, revision] = /^"(\d{1,9})"$/.exec(tags[0] ?? '') ?? [];
  return revision === undefined ? NEVER : Number(revision);
}
