import { startStubApi, type StubApi } from '@orchid/testing';
import type { StepDocument } from '@orchid/plan';
import { execute } from './cook';

let api: StubApi;

beforeAll(async () => {
  api = await startStubApi({ contacts: 25 });
});
beforeEach(() => {
  api.clear();
  api.setFaults([]);
});
afterAll(() => api.close());

const run = (step: Partial<StepDocument>) =>
  execute(api, { key: 'answers', integration: 'acme', step: { url: '{config.base_url}/api/linked', ...step } });

describe('answers of a real server', () => {
  it('that cannot be read fail the step, whatever their status says', async () => {
    api.setFaults([{ path: '/api/*', kind: 'invalid_json' }]);
    const broken = await run({});
    expect(broken.outcome).toMatchObject({ kind: 'failed', error: { code: 'invalid_body', type: 'permanent' } });
    expect(broken.responses).toEqual([]);
    api.setFaults([{ path: '/api/*', kind: 'huge', bytes: 5_000_000 }]);
    const large = await run({ response_format: 'text', max_response_bytes: 2_000_000 });
    expect(large.outcome).toMatchObject({ kind: 'failed', error: { code: 'response_too_large' } });
    expect(api.stats().requests).toBe(2);
  });

  it('that break off are asked for again, as is a 503 with a page of HTML', async () => {
    api.setFaults([{ path: '/api/*', kind: 'half_body', times: 1 }]);
    expect((await run({})).receipt).toMatchObject({ api_calls: 2, published: 1, complete: true });
    const body = '<html>busy</html>';
    const headers = { 'content-type': 'text/html' };
    api.setFaults([{ path: '/api/*', kind: 'status', status: 503, body, headers, times: 3 }]);
    expect((await run({})).receipt).toMatchObject({ api_calls: 4, published: 1, complete: true });
    api.setFaults([{ path: '/api/*', kind: 'status', status: 503, body, headers }]);
    const down = await run({});
    expect(down.outcome).toMatchObject({ kind: 'failed', error: { code: 'http_503', type: 'transient' } });
    expect(down.errors).toMatchObject([{ response_body: body, error: { attempts: 4 } }]);
  });

  it('that are empty are null, and published', async () => {
    api.setFaults([{ path: '/api/*', kind: 'status', status: 204, body: '' }]);
    expect((await run({})).bodies).toEqual([null]);
  });

  it('show their links, absolute, and the other attributes of them', async () => {
    const { responses } = await run({
      extract: { next: 'response.links.next', results: 'response.link_params.next.results', none: 'response.links.up' },
    });
    expect(responses[0]?.extracted_data).toEqual({
      next: `${api.url}/api/linked?page=2&per_page=20`,
      results: 'true',
      none: null,
    });
  });

  it('that lead elsewhere are followed', async () => {
    api.setFaults([{ path: '/api/linked', kind: 'redirect', location: '/api/cursor', times: 1 }]);
    const { bodies, receipt } = await run({});
    expect(bodies).toMatchObject([{ next_cursor: expect.any(String) as string }]);
    expect(receipt.api_calls).toBe(1);
  });
});
