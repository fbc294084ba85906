import type { TokenProvider } from '@orchid/auth';
import type { AuthPort } from './engine-ports';

export interface NamedFlow {
  readonly id: string;
  readonly name: string;
}

/** The auth flows of an integration over a provider of their tokens. */
export function flowAuth(provider: TokenProvider, flows: readonly NamedFlow[]): AuthPort {
  const [first, ...others] = flows;
  return {
    get: (flow, signal) => provider.get(flow, signal),
    reject: (flow, token) => provider.reject(flow, token),
    only: first !== undefined && others.length === 0 ? first.name : null,
    nameOf: (id) => flows.find((flow) => flow.id === id)?.name ?? null,
  };
}
