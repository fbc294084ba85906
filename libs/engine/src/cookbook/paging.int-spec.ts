import { startStubApi, type StubApi } from '@orchid/testing';
import { cook } from './cook';
import { asked, itemNumbers } from './taste';

let api: StubApi;

beforeAll(async () => {
  api = await startStubApi({ contacts: 25, users: 25 });
});
beforeEach(() => api.clear());
afterAll(() => api.close());

const TWENTY_FIVE = Array.from({ length: 25 }, (_, at) => at + 1);
const cursor = (offset: number): string => Buffer.from(`after:${offset}`).toString('base64url');

describe('recipes: paging', () => {
  it.each<[string, string, readonly string[], string]>([
    [
      'page-number',
      'data',
      ['page=1', 'page=2', 'page=3'].map((page) => `/v1/pages?${page}&per_page=10`),
      'while_false',
    ],
    ['offset', 'contacts', [0, 10, 20].map((offset) => `/api/contacts?limit=10&offset=${offset}`), 'while_false'],
    [
      'cursor-in-body',
      'items',
      ['', `&cursor=${cursor(10)}`, `&cursor=${cursor(20)}`].map((rest) => `/api/cursor?limit=10${rest}`),
      'while_false',
    ],
    [
      'next-url',
      'items',
      ['', '&offset=10', '&offset=20'].map((rest) => `/api/next-url?limit=10${rest}`),
      'next_url_null',
    ],
    [
      'odata',
      'value',
      ['', '&$skiptoken=10', '&$skiptoken=20'].map((rest) => `/v1/odata/Items?$top=10${rest}`),
      'next_url_null',
    ],
    ['short-page', 'users', [1, 2, 3].map((page) => `/api/users?page=${page}&per_page=10`), 'while_false'],
  ])('%s', async (name, list, requests, stop) => {
    const dish = await cook(api, name);
    expect(asked(api)).toEqual(requests.map((request) => `GET ${request}`));
    expect(itemNumbers(dish, list)).toEqual(TWENTY_FIVE);
    expect(dish.stops).toEqual({ root: stop });
    expect(dish.receipt).toMatchObject({ pages: 3, api_calls: 3, records: 3, published: 3, complete: true });
    expect(dish.errors).toEqual([]);
  });

  it('link-header', async () => {
    const dish = await cook(api, 'link-header');
    expect(asked(api)).toEqual(
      ['per_page=10', 'page=2&per_page=10', 'page=3&per_page=10'].map((query) => `GET /api/linked?${query}`),
    );
    expect((dish.bodies as { number: number }[][]).flat().map(({ number }) => number)).toEqual(TWENTY_FIVE);
    expect(dish.stops).toEqual({ root: 'next_url_null' });
  });

  it('cursor-in-request', async () => {
    const dish = await cook(api, 'cursor-in-request');
    const bodies = api.ledger.map(({ body }) => JSON.parse(body ?? 'null') as unknown);
    const filter = { active: true };
    expect(asked(api)).toEqual(['POST /v1/search', 'POST /v1/search', 'POST /v1/search']);
    expect(bodies).toEqual([
      { page_size: 10, filter },
      { page_size: 10, cursor: '10', filter },
      { page_size: 10, cursor: '20', filter },
    ]);
    expect(itemNumbers(dish, 'results')).toEqual(TWENTY_FIVE);
    expect(dish.stops).toEqual({ root: 'while_false' });
  });

  it('graphql', async () => {
    const dish = await cook(api, 'graphql');
    const variables = api.ledger.map(({ body }) => (JSON.parse(body ?? 'null') as { variables: unknown }).variables);
    expect(variables).toEqual([{ first: 10 }, { first: 10, after: '10' }, { first: 10, after: '20' }]);
    const pages = dish.bodies as { data: { items: { nodes: { number: number }[] } } }[];
    expect(pages.flatMap(({ data }) => data.items.nodes.map(({ number }) => number))).toEqual(TWENTY_FIVE);
    expect(dish.stops).toEqual({ root: 'while_false' });
  });

  it('short-page asks once more when the last page was full', async () => {
    const even = await startStubApi({ users: 20 });
    const dish = await cook(even, 'short-page');
    await even.close();
    expect(dish.bodies).toHaveLength(3);
    expect(dish.bodies[2]).toMatchObject({ users: [] });
    expect(dish.stops).toEqual({ root: 'while_false' });
  });

  it('odata extracts the size of each page', async () => {
    const dish = await cook(api, 'odata');
    expect(dish.responses.map(({ extracted_data }) => extracted_data)).toEqual([
      { count: 10 },
      { count: 10 },
      { count: 5 },
    ]);
  });
});
