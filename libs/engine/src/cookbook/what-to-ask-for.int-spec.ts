import { startStubApi, type StubApi } from '@orchid/testing';
import { cook } from './cook';
import { asked, itemNumbers } from './taste';

const MIDNIGHT = 'T00:00:00.000Z';

let api: StubApi;

beforeAll(async () => {
  api = await startStubApi({ contacts: 25, users: 25 });
});
beforeEach(() => {
  api.clear();
  api.setFaults([]);
});
afterAll(() => api.close());

describe('recipes: what to ask for', () => {
  it('since-last-success', async () => {
    const first = await cook(api, 'since-last-success');
    expect(asked(api)[0]).toBe('GET /api/users?page=1&per_page=10');
    expect(itemNumbers(first, 'users')).toHaveLength(25);
    api.clear();
    const next = await cook(api, 'since-last-success', { context: { last_success_at: '2024-01-01T00:20:00.000Z' } });
    expect(asked(api)).toEqual(['GET /api/users?since=2024-01-01T00:20:00.000Z&page=1&per_page=10']);
    expect(itemNumbers(next, 'users')).toEqual([21, 22, 23, 24, 25]);
    expect(next.stops).toEqual({ root: 'while_false' });
  });

  it('stored-cursor', async () => {
    const first = await cook(api, 'stored-cursor');
    expect(asked(api)).toEqual(['GET /v1/changes', 'GET /v1/changes?cursor=20']);
    expect(first.context).toEqual({ cursor: '25' });
    expect(first.stops).toEqual({ root: 'while_false' });
    api.clear();
    await cook(api, 'stored-cursor', { context: first.context });
    expect(asked(api)).toEqual(['GET /v1/changes?cursor=25']);
  });

  it('stored-cursor goes on after a 412 with the cursor it brings', async () => {
    const dish = await cook(api, 'stored-cursor', { context: { cursor: 'expired' } });
    expect(asked(api)).toEqual(['expired', '0', '20'].map((cursor) => `GET /v1/changes?cursor=${cursor}`));
    expect(dish.responses.map(({ status_code }) => status_code)).toEqual([412, 200, 200]);
    expect(dish.errors).toEqual([]);
    expect(dish).toMatchObject({ kind: 'success', context: { cursor: '25' } });
  });

  it('stored-cursor leaves the context alone when it fails', async () => {
    api.setFaults([{ path: '/v1/changes', kind: 'status', status: 403, after: 1 }]);
    const dish = await cook(api, 'stored-cursor');
    expect(dish.outcome).toMatchObject({ kind: 'failed', error: { code: 'http_403', type: 'permanent' } });
    expect(dish.context).toEqual({});
    expect(dish.bodies).toHaveLength(1);
  });

  it('time-windows', async () => {
    const current_time = `2024-01-17${MIDNIGHT}`;
    const dish = await cook(api, 'time-windows', { context: { current_time } });
    expect(asked(api).sort()).toEqual([
      `GET /v1/events?from=2024-01-01${MIDNIGHT}&to=2024-01-08${MIDNIGHT}`,
      `GET /v1/events?from=2024-01-08${MIDNIGHT}&to=2024-01-15${MIDNIGHT}`,
      `GET /v1/events?from=2024-01-15${MIDNIGHT}&to=${current_time}`,
    ]);
    expect((dish.bodies as { events: unknown[] }[]).map(({ events }) => events.length)).toEqual([7, 7, 2]);
    expect(dish.responses.map(({ step_path, item_index }) => [step_path, item_index])).toEqual([
      ['root.events', 0],
      ['root.events', 1],
      ['root.events', 2],
    ]);
    api.clear();
    await cook(api, 'time-windows', { context: { current_time, last_success_at: `2024-01-16${MIDNIGHT}` } });
    expect(asked(api)).toEqual([`GET /v1/events?from=2024-01-16${MIDNIGHT}&to=${current_time}`]);
    expect(dish.stops).toEqual({ root: 'single', 'root.events': 'single' });
  });

  it('ids-in-groups', async () => {
    const dish = await cook(api, 'ids-in-groups');
    expect(asked(api).sort()).toEqual(['AAA,BBB,CCC', 'DDD,EEE,FFF', 'GGG'].map((ids) => `GET /v1/prices?ids=${ids}`));
    expect((dish.bodies as { prices: { id: string }[] }[]).flatMap(({ prices }) => prices.map(({ id }) => id))).toEqual(
      ['AAA', 'BBB', 'CCC', 'DDD', 'EEE', 'FFF', 'GGG'],
    );
    expect(dish.stops).toEqual({ root: 'single', 'root.prices': 'single' });
  });

  it('async-report', async () => {
    const dish = await cook(api, 'async-report', { context: { current_time: `2024-01-17${MIDNIGHT}` } });
    expect(asked(api)).toEqual([
      'POST /v1/reports',
      'GET /v1/reports/r-1',
      'GET /v1/reports/r-1',
      'GET /v1/reports/r-1',
      'GET /v1/reports/r-1/file',
    ]);
    expect(JSON.parse(api.ledger[0]?.body ?? '')).toEqual({ kind: 'contacts', until: `2024-01-17${MIDNIGHT}` });
    expect(dish.responses.map(({ step_path }) => step_path)).toEqual(['root.file']);
    expect(dish.bodies[0]).toHaveLength(25);
    // Each wait of 30 s is longer than a worker may be held.
    expect(dish.parked).toBe(2);
    expect(dish.stops).toEqual({ root: 'single', 'root.status': 'single', 'root.file': 'single' });
  });
});
