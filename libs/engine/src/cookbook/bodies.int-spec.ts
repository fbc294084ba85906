import { startStubApi, type StubApi } from '@orchid/testing';
import { cook } from './cook';
import { asked } from './taste';

let api: StubApi;

beforeAll(async () => {
  api = await startStubApi({ contacts: 3 });
});
beforeEach(() => api.clear());
afterAll(() => api.close());

describe('recipes: bodies that are no JSON', () => {
  it('xml-feed', async () => {
    const dish = await cook(api, 'xml-feed');
    expect(asked(api)).toEqual(['GET /v1/feed.xml']);
    const entry = (n: number) => ({ '@xml:lang': 'en', id: `c-00000${n}`, title: `Contact ${n} & Co` });
    expect(dish.bodies).toEqual([{ feed: { title: 'Contacts', entry: [1, 2, 3].map(entry) } }]);
    expect(dish.responses[0]?.extracted_data).toEqual({ title: 'Contacts', entries: 3 });
    expect(dish.stops).toEqual({ root: 'single' });
  });

  it('xml-feed keeps a single entry a list', async () => {
    const small = await startStubApi({ contacts: 1 });
    const dish = await cook(small, 'xml-feed');
    await small.close();
    expect(dish.bodies).toMatchObject([{ feed: { entry: [{ id: 'c-000001' }] } }]);
  });

  it('csv-export', async () => {
    const dish = await cook(api, 'csv-export');
    expect(asked(api)).toEqual(['GET /v1/export.csv']);
    expect(dish.bodies).toEqual([
      [
        { id: 'c-000001', name: 'Contact 1', city: 'Porto' },
        { id: 'c-000002', name: 'Contact 2', city: 'Quito' },
        { id: 'c-000003', name: 'Contact 3', city: 'Rabat' },
      ],
    ]);
    expect(dish.stops).toEqual({ root: 'single' });
  });

  it('ndjson-export', async () => {
    const dish = await cook(api, 'ndjson-export');
    expect(asked(api)).toEqual(['GET /v1/export.ndjson']);
    expect(dish.bodies).toMatchObject([[{ id: 'c-000001' }], [{ id: 'c-000002' }]]);
    expect(dish.responses.map(({ item_index }) => item_index)).toEqual([0, 1]);
    expect(dish.receipt).toMatchObject({ records: 2, items_total: 2, complete: true });
    expect(dish.stops).toEqual({ root: 'single' });
  });

  it('rows-in-pages', async () => {
    const large = await startStubApi({ contacts: 25 });
    const dish = await cook(large, 'rows-in-pages');
    expect(asked(large)).toEqual(['GET /v1/export.csv']);
    await large.close();
    const pages = dish.bodies as { id: string }[][];
    expect(pages.map((rows) => [rows.length, rows[0]?.id])).toEqual([
      [10, 'c-000001'],
      [10, 'c-000011'],
      [5, 'c-000021'],
    ]);
    expect(dish.responses.map(({ page }) => page)).toEqual([1, 2, 3]);
    expect(dish.receipt).toMatchObject({ pages: 3, api_calls: 1, complete: true });
    expect(dish.stops).toEqual({ root: 'single' });
  });
});
