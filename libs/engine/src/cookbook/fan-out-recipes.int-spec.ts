import { startStubApi, type StubApi } from '@orchid/testing';
import { systemClock } from '@orchid/kernel';
import { cook } from './cook';
import { asked } from './taste';

let api: StubApi;

beforeAll(async () => {
  api = await startStubApi({ contacts: 12, users: 12, missingSettings: [3] });
});
beforeEach(() => {
  api.clear();
  api.setFaults([]);
});
afterAll(() => api.close());

type Contact = { number: number; details: { number: number; score: number } };

describe('recipes: details of items', () => {
  it('details-record', async () => {
    const dish = await cook(api, 'details-record');
    expect(api.stats().byRoute).toEqual({ 'GET /api/contacts': 3, 'GET /api/contacts/:id/details': 12 });
    expect(dish.bodies).toHaveLength(12);
    const contacts = dish.bodies as unknown as [Contact][];
    expect(contacts.map(([{ number, details }]) => [number, details.number])).toEqual(
      Array.from({ length: 12 }, (_, at) => [at + 1, at + 1]),
    );
    expect(dish.responses.map(({ page, item_index }) => `${Number(page)}/${Number(item_index)}`)).toEqual([
      '1/0',
      '1/1',
      '1/2',
      '1/3',
      '1/4',
      '2/0',
      '2/1',
      '2/2',
      '2/3',
      '2/4',
      '3/0',
      '3/1',
    ]);
    expect(dish.receipt).toMatchObject({ pages: 3, records: 12, items_total: 12, api_calls: 15, complete: true });
    expect(dish.stops).toEqual({ root: 'next_url_null', 'root.details': 'single' });
  });

  it('details-record publishes the other items when one fails, and ends as partial', async () => {
    api.setFaults([{ path: '/api/contacts/c-000002/details', kind: 'status', status: 403 }]);
    const dish = await cook(api, 'details-record');
    expect(dish.bodies).toHaveLength(11);
    expect(dish.errors).toMatchObject([{ item_index: 1, status_code: 403, step_path: 'root.details' }]);
    expect(dish.outcome).toMatchObject({ kind: 'failed', error: { type: 'partial', code: 'http_403' } });
    expect(dish.receipt).toMatchObject({ items_failed: 1, complete: false });
  });

  it('details-page', async () => {
    const dish = await cook(api, 'details-page');
    const pages = dish.bodies as unknown as Contact[][];
    expect(pages.map((page) => page.map(({ details }) => details.number))).toEqual([
      [1, 2, 3, 4, 5],
      [6, 7, 8, 9, 10],
      [11, 12],
    ]);
    expect(dish.receipt).toMatchObject({ pages: 3, records: 12, published: 3 });
    expect(dish.stops).toEqual({ root: 'next_url_null', 'root.details': 'single' });
  });

  it('nested', async () => {
    const dish = await cook(api, 'nested');
    expect(api.stats().byRoute).toEqual({
      'GET /v1/projects': 1,
      'GET /v1/projects/:id/tasks': 2,
      'GET /v1/tasks/:id/comments': 4,
    });
    expect(asked(api)).toContain('GET /v1/tasks/p-2-a/comments?project=p-2');
    const of = (path: string) => dish.responses.filter(({ step_path }) => step_path === path);
    expect(of('root').map(({ response_body }) => response_body)).toEqual(
      ['p-1', 'p-2'].map((id) => [{ id, tasks: { tasks: [{ id: `${id}-a` }, { id: `${id}-b` }] } }]),
    );
    expect(of('root.tasks').map(({ response_body }) => response_body)).toEqual(
      ['p-1-a', 'p-1-b', 'p-2-a', 'p-2-b'].map((id) => [{ id, comments: { comments: [{ text: `On ${id}` }] } }]),
    );
    expect(dish.stops).toEqual({ root: 'single', 'root.tasks': 'single', 'root.tasks.comments': 'single' });
  });
});

describe('recipes: when things go wrong', () => {
  it('error-in-200', async () => {
    const good = await cook(api, 'error-in-200', { config: { account: 'open' } });
    expect(good.bodies).toEqual([{ ok: true, rows: [1, 2, 3] }]);
    expect(good.stops).toEqual({ root: 'single' });
    const bad = await cook(api, 'error-in-200', { config: { account: 'closed' } });
    expect(asked(api)).toEqual(['GET /v1/legacy?account=open', 'GET /v1/legacy?account=closed']);
    expect(bad.responses).toEqual([]);
    expect(bad.errors).toMatchObject([
      { status_code: 200, response_body: { ok: false, error: 'account_closed' }, error: { code: 'fail_when' } },
    ]);
    expect(bad.outcome).toMatchObject({ kind: 'failed', error: { type: 'permanent' } });
    expect(bad.stops).toEqual({ root: null });
  });

  it('ignore-404', async () => {
    const dish = await cook(api, 'ignore-404');
    expect(api.stats()).toMatchObject({ byStatus: { 200: 13, 404: 1 } });
    const settings = (dish.bodies as { settings: unknown }[][]).flat().map((user) => user.settings);
    expect(settings).toHaveLength(12);
    expect(settings[2]).toBeNull();
    expect(settings[3]).toMatchObject({ user_id: 'u-000004' });
    expect(dish.errors).toMatchObject([{ status_code: 404, item_index: 2, error: { code: 'ignored' } }]);
    expect(dish.kind).toBe('success');
    expect(dish.receipt).toMatchObject({ items_ignored: 1, items_failed: 0, complete: true });
    expect(dish.stops).toMatchObject({ root: 'while_false' });
  });

  it('dynamic-limits', async () => {
    const strict = await startStubApi({ contacts: 30, rateLimit: { limit: 2, windowSeconds: 1 } });
    const dish = await cook(strict, 'dynamic-limits', { config: { quota: 100, quota_seconds: 1 }, clock: systemClock });
    const { byStatus } = strict.stats();
    await strict.close();
    expect(byStatus).toEqual({ 200: 3 });
    expect(dish.bodies).toHaveLength(3);
    expect(dish.stops).toEqual({ root: 'next_url_null' });
  });
});
