import { REDACTED } from '@orchid/kernel';
import type { PlanDocument } from '@orchid/plan';
import { ScriptedExecution, type Script } from '../scripted-execution';

const document: PlanDocument = {
  key: 'k',
  integration: 'acme',
  step: {
    url: '{config.base_url}/list',
    method: 'POST',
    headers: { 'X-Key': '{config.api_key}' },
    body: { key: '{config.api_key}', page: '{context.loop_count}' },
    while: 'response.body.more == true',
    sub_steps: [{ id: 'd', iterate_over: 'response.body.items', url: '{config.base_url}/d/{item}', concurrency: 20 }],
  },
};
const api: Script = (request) =>
  request.url.endsWith('/list')
    ? { body: { items: Array.from({ length: 9 }, (_, i) => i), more: true, echo: 'very-secret-key' } }
    : { body: { at: request.url } };

describe('previewExecution', () => {
  it('shows each request with what followed from it, and stops after as many as asked', async () => {
    const run = new ScriptedExecution(document, api);
    const preview = await run.preview(4);
    expect(preview.stopped_by).toBe('max_requests');
    expect(run.requests).toHaveLength(4);
    expect(
      preview.requests.map(({ step_path, page, item_index, status_code }) => [
        step_path,
        page,
        item_index,
        status_code,
      ]),
    ).toEqual([
      ['root', 1, null, 200],
      ['root.d', 1, 0, 200],
      ['root.d', 1, 1, 200],
      ['root.d', 1, 2, 200],
    ]);
    expect(preview.requests[1]?.messages).toHaveLength(1);
    expect(preview.requests[0]?.messages).toHaveLength(3);
    expect(preview.receipt).toMatchObject({ api_calls: 4, items_total: 3, complete: false });
  });

  it('masks secrets and cuts long answers short', async () => {
    const preview = await new ScriptedExecution(document, api).preview(1);
    const [first] = preview.requests;
    expect(first?.request).toMatchObject({
      method: 'POST',
      headers: { 'X-Key': REDACTED },
      body: `{"key":"${REDACTED}","page":1}`,
    });
    expect(first?.response_sample).toEqual({ items: [0, 1, 2, 3, 4, '(4 more)'], more: true, echo: REDACTED });
    expect(JSON.stringify(preview)).not.toContain('very-secret-key');
  });

  it('tells what each condition came to, and publishes and stores nothing', async () => {
    const { step } = document;
    const run = new ScriptedExecution(
      { ...document, step: { ...step, sub_steps: [], fail_when: 'response.body.error != null' } },
      (_r, call) => ({
        body: { more: call < 2, call },
      }),
    );
    const preview = await run.preview(10);
    expect(preview).toMatchObject({ stopped_by: 'end', receipt: { pages: 2, complete: true } });
    expect(preview.requests.map((each) => each.conditions)).toEqual([
      [
        { name: 'fail_when', expression: 'response.body.error != null', result: false },
        { name: 'while', expression: 'response.body.more == true', result: true },
      ],
      [
        { name: 'fail_when', expression: 'response.body.error != null', result: false },
        { name: 'while', expression: 'response.body.more == true', result: false },
      ],
    ]);
    expect(run.publisher.records).toHaveLength(0);
    expect(run.checkpoints.saves).toBe(0);
  });

  it('ends when the API fails, aborts or asks for a long pause', async () => {
    const status = (code: number, headers = {}) =>
      new ScriptedExecution({ ...document, step: { ...document.step, abort_on: [403] } }, () => ({
        status: code,
        body: {},
        headers,
      }));
    expect(await status(404).preview(9)).toMatchObject({ stopped_by: 'failed', error: { code: 'http_404' } });
    expect(await status(403).preview(9)).toMatchObject({ stopped_by: 'aborted' });
    expect(await status(429, { 'retry-after': '60' }).preview(9)).toMatchObject({ stopped_by: 'wait' });
  });
});
