import type { JsonObject } from '@orchid/kernel';
import type { PlanDocument, StepDocument } from '@orchid/plan';
import { ScriptedExecution, type Script } from './scripted-execution';

const plan = (step: StepDocument): PlanDocument => ({ key: 'k', integration: 'acme', step, max_loops: 3 });
const rows = (count: number) => Array.from({ length: count }, (_, n) => ({ id: n + 1 }));
const ids = (message: JsonObject) => (message.response_body as JsonObject[]).map(({ id }) => id);
const exported: StepDocument = {
  url: '{config.base_url}/export',
  response_format: 'ndjson',
  rows_per_page: 2,
};
const serving =
  (count: number): Script =>
  () => ({ body: rows(count) });
const skips = (run: ScriptedExecution) => run.requests.map(({ decode }) => decode.rows?.skip);

/** Runs until the plan is through, from checkpoint to checkpoint. */
async function goOn(
  parked: { readonly kind: string; readonly state?: JsonObject },
  step: StepDocument,
  script: Script,
) {
  const again = new ScriptedExecution(plan(step), script);
  again.checkpoint = JSON.parse(JSON.stringify(parked.state ?? null)) as JsonObject | null;
  return { again, outcome: await again.run() };
}

describe('rows_per_page', () => {
  it('publishes every so many rows as a page with a number and an id of its own', async () => {
    const run = new ScriptedExecution(plan(exported), serving(7));
    const outcome = await run.run();
    const messages = run.messages('responses');
    expect(messages.map(ids)).toEqual([[1, 2], [3, 4], [5, 6], [7]]);
    expect(messages.map(({ page }) => page)).toEqual([1, 2, 3, 4]);
    expect(new Set(messages.map((message) => message.message_id)).size).toBe(4);
    expect(outcome).toMatchObject({
      kind: 'success',
      receipt: {
        pages: 4,
        api_calls: 1,
        published: 4,
        loops: [{ step_path: 'root', pages: 4, stop_reason: 'single' }],
        complete: true,
      },
    });
    expect([run.requests.length, run.openStreams]).toEqual([1, 0]);
  });

  it('counts bytes of all pages, and no page twice', async () => {
    const run = new ScriptedExecution(plan(exported), serving(7));
    const outcome = await run.run();
    const sizes = run.messages('responses').map(({ response_size }) => Number(response_size));
    expect(outcome).toMatchObject({ receipt: { bytes: sizes.reduce((sum, size) => sum + size, 0) } });
  });

  it('has a checkpoint after each page, and goes on at its row: nothing again, nothing left out', async () => {
    const whole = new ScriptedExecution(plan(exported), serving(9));
    await whole.run();
    const wanted = whole.messages('responses').map((message) => [message.message_id, ids(message)]);
    for (let stopAfter = 1; stopAfter < wanted.length; stopAfter += 1) {
      const broken = new ScriptedExecution(plan(exported), serving(9));
      const save = broken.checkpoints.save.bind(broken.checkpoints);
      let saves = 0;
      broken.checkpoints.save = async (state, progress) => {
        await save(state, progress);
        saves += 1;
        if (saves === stopAfter) broken.stop.ask('yield');
      };
      const parked = await broken.run();
      expect([parked.kind, broken.openStreams, saves]).toEqual(['parked', 0, stopAfter]);
      const { again, outcome } = await goOn(parked, exported, serving(9));
      expect(skips(again)).toEqual([2 * stopAfter]);
      const published = [...broken.messages('responses'), ...again.messages('responses')];
      expect(published.map((message) => [message.message_id, ids(message)])).toEqual(wanted);
      expect(outcome).toMatchObject({ kind: 'success', receipt: { pages: 5, api_calls: 2, complete: true } });
    }
  });

  it('requests a body that broke off again, and passes over what was published', async () => {
    const script: Script = (_request, call) => ({ body: rows(9), ...(call < 3 && { breaksBefore: 3 * call }) });
    const run = new ScriptedExecution(plan(exported), script);
    expect(await run.run()).toMatchObject({ kind: 'success', receipt: { pages: 5, api_calls: 3 } });
    expect(skips(run)).toEqual([0, 2, 4]);
    expect(run.messages('responses').flatMap(ids)).toEqual(rows(9).map(({ id }) => id));
    expect(run.openStreams).toBe(0);
  });

  it('fails as transient when a body always breaks off at the same row', async () => {
    const script: Script = () => ({ body: rows(9), breaksBefore: 5 });
    const run = new ScriptedExecution(plan({ ...exported, retry: { max_retries: 2 } }), script);
    expect(await run.run()).toMatchObject({ kind: 'failed', error: { code: 'truncated', type: 'transient' } });
    expect(skips(run)).toEqual([0, 4, 4]);
    expect(run.messages('responses').flatMap(ids)).toEqual([1, 2, 3, 4]);
  });

  it('sends the very same request again, whatever the rows have changed since', async () => {
    const cursor: StepDocument = {
      ...exported,
      params: { since: '{{ context.cursor || `0` }}', seen: '{{ vars.seen || `0` }}', page: '{meta.page}' },
      vars: { seen: '(vars.seen || `0`) + length(response.body)' },
      context_updates: { cursor: 'response.body[-1].id' },
    };
    const script: Script = (_request, call) => ({ body: rows(9), ...(call < 3 && { breaksBefore: 3 * call }) });
    const broken = new ScriptedExecution(plan(cursor), (request, call) => {
      if (call === 3) broken.stop.ask('yield');
      return script(request, call);
    });
    const parked = await broken.run();
    const { again, outcome } = await goOn(parked, cursor, serving(9));
    const urls = [...broken.requests, ...again.requests].map(({ url }) => new URL(url).search);
    expect(new Set(urls)).toEqual(new Set(['?since=0&seen=0&page=1']));
    expect(urls.length).toBeGreaterThan(3);
    expect(outcome).toMatchObject({ kind: 'success', contextUpdates: { cursor: 9 } });
  });

  it('runs sub-steps on each page, and pages of a loop follow each other', async () => {
    const step: StepDocument = {
      ...exported,
      params: { page: '{{ (vars.page || `0`) + 1 }}' },
      next_url: "context.loop_count < `2` ? '/export?second' : `null`",
      sub_steps: [{ id: 'd', iterate_over: 'response.body', url: '{config.base_url}/d/{item.id}' }],
    };
    const script: Script = ({ url }) => ({
      body: url.includes('/d/') ? { of: url.slice(-1) } : rows(url.includes('second') ? 4 : 3),
    });
    const run = new ScriptedExecution(plan({ ...step, emit_to_kafka: true }), script);
    const outcome = await run.run();
    const shown = run.messages('responses').filter(({ step_path }) => step_path === 'root');
    expect(shown.map(({ page, item_index }) => [page, item_index])).toEqual([
      ...[
        [1, 0],
        [1, 1],
        [2, 0],
      ],
      ...[
        [3, 0],
        [3, 1],
        [4, 0],
        [4, 1],
      ],
    ]);
    expect(outcome).toMatchObject({ kind: 'success', receipt: { pages: 4, items_total: 7 } });
  });

  it('does not count pages of rows against max_loops', async () => {
    const run = new ScriptedExecution(plan({ ...exported, while: 'context.loop_count < `3`' }), (_request, call) => ({
      body: rows(10 + call),
    }));
    expect(await run.run()).toMatchObject({ kind: 'success', receipt: { api_calls: 3, pages: 19 } });
  });

  it('stops reading where break_when says so', async () => {
    const run = new ScriptedExecution(plan({ ...exported, break_when: 'response.body[0].id >= `3`' }), serving(9));
    expect(await run.run()).toMatchObject({ receipt: { pages: 2, loops: [{ stop_reason: 'break_when' }] } });
    expect(run.openStreams).toBe(0);
  });

  it('decides on the first page: what fails, is ignored or refused publishes none of it as an answer', async () => {
    for (const rule of ['fail_when', 'ignore_when', 'abort_when'] as const) {
      const run = new ScriptedExecution(plan({ ...exported, [rule]: 'response.body[0].id == `1`' }), serving(9));
      await run.run();
      expect([run.messages('responses'), run.messages('errors').map(ids), run.openStreams]).toEqual([[], [[1, 2]], 0]);
    }
    const refused = new ScriptedExecution(plan(exported), () => ({ status: 404, body: rows(9) }));
    expect(await refused.run()).toMatchObject({ kind: 'failed', error: { code: 'http_404' } });
    expect(refused.messages('errors').map(ids)).toEqual([rows(9).map(({ id }) => id)]);
  });

  it('keeps the request in flight until the last row is read', async () => {
    const limited: PlanDocument = {
      ...plan({
        ...exported,
        sub_steps: [{ id: 'd', url: '{config.base_url}/d', emit_to_kafka: false }],
      }),
      rate_limits: [{ name: 'all', match: '/export', max_concurrent: 1 }],
    };
    const run = new ScriptedExecution(limited, ({ url }) => ({ body: url.endsWith('/d') ? {} : rows(5) }));
    expect(await run.run()).toMatchObject({ kind: 'success', receipt: { pages: 6, api_calls: 4 } });
    expect(run.openStreams).toBe(0);
  });
});
