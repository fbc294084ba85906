import type { PlanDocument } from '@orchid/plan';

/** What is pulled: so many pages of contacts, each contact's details too where `details` says so. */
export interface Shape {
  readonly name: string;
  readonly pages: number;
  readonly perPage: number;
  readonly details: boolean;
}

/** Requests in flight within a page. */
export const CONCURRENCY = 50;

export const FAN_OUT: Shape = { name: 'fan-out: 100 details a page', pages: 40, perPage: 100, details: true };
/** A contact is about 153 bytes of JSON. */
export const SMALL_PAGES: Shape = { name: 'pages of 2 KB', pages: 1_000, perPage: 13, details: false };
export const LARGE_PAGES: Shape = { name: 'pages of 20 KB', pages: 500, perPage: 131, details: false };

export function requestsOf({ pages, perPage, details }: Shape): number {
  return details ? pages * (perPage + 1) : pages;
}

/** The plan: a limit that every request has to pass and that is never reached. */
export function planOf(shape: Shape, key: string): PlanDocument {
  const details = {
    id: 'details',
    iterate_over: 'response.body.contacts',
    concurrency: CONCURRENCY,
    url: '{config.base_url}/api/contacts/{item.id}/details',
  };
  return {
    key,
    integration: key,
    max_loops: shape.pages,
    rate_limits: [{ name: 'all', requests: 1_000_000, window_secs: 60, scope: 'per_config' }],
    step: {
      url: '{config.base_url}/api/contacts',
      params: { limit: String(shape.perPage), offset: '{vars.offset || `0`}' },
      vars: { offset: 'response.body.next_offset' },
      while: `context.loop_count < \`${shape.pages}\``,
      ...(shape.details && { sub_steps: [details] }),
    },
  };
}
