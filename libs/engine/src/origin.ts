import type { Reference } from '@orchid/expression';
import type { CompiledRequest } from '@orchid/plan';

const ANSWER_ROOTS = new Set(['response', 'prev', 'parent', 'item', 'vars']);

/** Names (lower case) of the headers, and names of the params, whose template reads `auth` or a secret of the config. */
export interface Credentials {
  readonly headers: ReadonlySet<string>;
  readonly params: ReadonlySet<string>;
}

export function credentialsOf(request: CompiledRequest, secretFields: ReadonlySet<string>): Credentials {
  const secret = (references: readonly Reference[]) => references.some((each) => readsSecret(each, secretFields));
  const names = (values: CompiledRequest['headers']) =>
    [...values].filter(([, value]) => secret(value.references)).map(([name]) => name);
  return {
    headers: new Set([...names(request.headers).map((name) => name.toLowerCase()), 'authorization', 'cookie']),
    params: new Set(names(request.params)),
  };
}

function readsSecret(reference: Reference, secretFields: ReadonlySet<string>): boolean {
  if (reference.root === 'auth') return true;
  return (
    reference.root === 'config' &&
    (reference.field === null ? secretFields.size > 0 : secretFields.has(reference.field))
  );
}

/** The url is taken from an answer as it stands: the API chose it, not the author. */
export function isFromAnswer(request: CompiledRequest): boolean {
  return request.url.single && request.url.references.some((reference) => ANSWER_ROOTS.has(reference.root));
}
