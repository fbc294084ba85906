import type { JsonValue } from '@orchid/kernel';
import type { Dish } from './cook';

interface Asked {
  readonly ledger: readonly {
    readonly method: string;
    readonly path: string;
    readonly query: Readonly<Record<string, string>>;
  }[];
}

/** What an API was asked, in order: `GET /api/users?page=1`. */
export function asked(api: Asked): string[] {
  return api.ledger.map(({ method, path, query }) => {
    const pairs = Object.entries(query).map(([name, value]) => `${name}=${value}`);
    return `${method} ${path}${pairs.length === 0 ? '' : `?${pairs.join('&')}`}`;
  });
}

/** The numbers of the items in a list of every body published. */
export function itemNumbers(dish: Dish, list: string): JsonValue[] {
  const bodies = dish.bodies as unknown as Readonly<Record<string, readonly { readonly number: JsonValue }[]>>[];
  return bodies.flatMap((body) => (body[list] ?? []).map(({ number }) => number));
}
