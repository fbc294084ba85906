import type { Scope } from '@orchid/expression';
import type { JsonObject } from '@orchid/kernel';

const ITEMS_A_PAGE = 100;

const contact = (id: number): JsonObject => ({
  id,
  name: `Contact ${id}`,
  email: `contact-${id}@example.com`,
  active: id % 2 === 0,
  updated_at: `2026-01-${String((id % 28) + 1).padStart(2, '0')}T10:30:00Z`,
  tags: ['a', 'b'],
});

/** What the expressions of a plan read: a page of a hundred contacts under each name that APIs use. */
export function scopeOfAPage(): Scope {
  const items = Array.from({ length: ITEMS_A_PAGE }, (_, n) => contact(n + 1));
  const response = {
    status_code: 200,
    headers: { 'content-type': 'application/json', 'x-ratelimit-remaining': '17', 'retry-after': '3' },
    body: {
      contacts: items,
      items,
      users: items,
      data: items,
      has_more: true,
      next_offset: '200',
      next: null,
      status: 'done',
    },
    links: { next: 'https://api.example.com/contacts?page=3' },
    link_params: {},
    url: 'https://api.example.com/contacts?page=2',
    duration_ms: 41,
  };
  return {
    config: { base_url: 'https://api.example.com', api_key: 'key', account: 'acme', page_size: 100 },
    auth: { token: 'token', access_token: 'token', headers: {}, expires_at: null },
    context: {
      next_offset: '100',
      last_success_at: '2026-01-01T00:00:00.000Z',
      loop_count: 2,
      current_time: '2026-01-15T10:30:00.000Z',
    },
    vars: { page: 2, offset: 100 },
    response,
    prev: response,
    parent: response,
    item: contact(7),
    item_index: 6,
    meta: { tenant_id: 't', plan_key: 'contacts', plan_version: 1, page: 2, attempt: 1 },
  };
}
