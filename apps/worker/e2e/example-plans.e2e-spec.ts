import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Execution, PlanWithDocument } from '@orchid/persistence';
import type { PlanDocument } from '@orchid/plan';
import {
  readData,
  startOrchid,
  startStubApi,
  TenantDesk,
  userId,
  type FaultRule,
  type Orchid,
  type StubApi,
} from '@orchid/testing';

const EXAMPLES = path.resolve(__dirname, '../../../libs/plan/examples');
const example = (file: string): PlanDocument => {
  const document = JSON.parse(readFileSync(path.join(EXAMPLES, file), 'utf8')) as PlanDocument;
  // Nothing but the author's hand starts these.
  return { ...document, enabled: false };
};
const LOGIN = {
  name: 'login',
  type: 'oauth2_client_credentials',
  token_url: '{config.base_url}/oauth/token',
  client_id: 'me',
  client_secret: '{config.client_secret}',
} as const;

describe('the example plans, as they are written', () => {
  let stub: StubApi;
  let orchid: Orchid;
  let desk: TenantDesk;
  const ids: Record<string, string> = {};
  const plans: Record<string, PlanWithDocument> = {};

  beforeAll(async () => {
    stub = await startStubApi({ contacts: 730, users: 1_100, missingSettings: [3, 17], requireToken: false });
    orchid = await startOrchid({ apps: [], allow: [stub.authority] });
    desk = await TenantDesk.open(orchid);
    const values = { base_url: stub.url, client_secret: 'open-sesame' };
    const wish = { secrets: ['client_secret'], configs: { only: values } };
    ids.salesforce = (await desk.integration({ ...wish, name: 'salesforce', flows: [LOGIN] })).only ?? '';
    ids.acme = (await desk.integration({ ...wish, name: 'acme' })).only ?? '';
    for (const file of ['contacts-paged', 'contacts-fanout', 'users-params']) {
      plans[file] = await desk.plan(example(`${file}.json`));
    }
  }, 60_000);

  afterAll(async () => {
    await desk.close();
    await orchid.stop();
    await stub.close();
  });

  beforeEach(() => {
    stub.setFaults([]);
    stub.clear();
  });

  async function run(name: string, faults: readonly FaultRule[] = []): Promise<Execution> {
    stub.setFaults(faults);
    const plan = plans[name];
    if (plan === undefined) throw new Error(`no plan ${name}`);
    const config = (plan.document.integration === 'acme' ? ids.acme : ids.salesforce) ?? '';
    return desk.ended(await desk.trigger(plan, config));
  }

  const items = async (execution: Execution) => {
    const messages = await readData(orchid, 'responses', execution.id);
    return messages.filter((each) => each.value.step_path === 'root').flatMap((each) => each.value.response_body);
  };
  const answered = (body: string, rest: { status?: number; after: number }): FaultRule => ({
    kind: 'status',
    status: 200,
    path: '/api/users',
    times: 1,
    body,
    ...rest,
  });

  it('contacts-paged reads every page, with a token, and starts from the first again', async () => {
    const execution = await run('contacts-paged');
    expect(execution).toMatchObject({ status: 'success', receipt: { pages: 8, published: 8, complete: true } });
    const pages = (await readData(orchid, 'responses', execution.id)).map((each) => each.value);
    expect(pages.map((each) => each.page)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    const contacts = pages.flatMap((each) => (each.response_body as { contacts: { number: number }[] }).contacts);
    expect(contacts.map((each) => each.number)).toEqual(Array.from({ length: 730 }, (_, index) => index + 1));
    expect(stub.stats().tokenCalls).toBe(1);
    expect(pages[0]?.request_headers).toMatchObject({ Authorization: '[REDACTED]' });
    const plan = plans['contacts-paged'];
    expect(plan && (await desk.context(plan, ids.salesforce ?? ''))?.data).toEqual({});
  });

  it('contacts-fanout publishes every item of the page, enriched', async () => {
    const execution = await run('contacts-fanout');
    expect(execution).toMatchObject({ status: 'success', receipt: { records: 20, items_total: 20, complete: true } });
    const enriched = (await items(execution)) as { number: number; sub_step_1: { number: number } }[];
    expect(enriched.map((each) => [each.number, each.sub_step_1.number])).toEqual(
      Array.from({ length: 20 }, (_, index) => [index + 1, index + 1]),
    );
    expect(stub.stats().byRoute).toEqual({ 'GET /api/contacts': 1, 'GET /api/contacts/:id/details': 20 });
  });

  it('users-params aborts when it is forbidden, and keeps what it published before', async () => {
    const execution = await run('users-params', [answered('{}', { status: 403, after: 2 })]);
    expect(execution).toMatchObject({
      status: 'aborted',
      error: { code: 'abort_when', step_path: 'root' },
      receipt: { pages: 2, complete: false },
    });
    expect(await items(execution)).toHaveLength(40);
    const errors = await readData(orchid, 'errors', execution.id);
    expect(errors.filter((each) => each.value.step_path === 'root').map((each) => each.value)).toEqual([
      expect.objectContaining({ page: 3, status_code: 403, error: expect.objectContaining({ code: 'abort_when' }) }),
    ]);
  });

  it('users-params pages until its break_when, retries what is busy, and ignores missing settings', async () => {
    const execution = await run('users-params', [answered('{"error":"busy"}', { after: 1 })]);
    expect(execution).toMatchObject({
      status: 'success',
      receipt: { pages: 50, records: 1_000, items_ignored: 2, items_failed: 0, api_calls: 1_051, complete: true },
    });
    const users = (await items(execution)) as { id: string; number: number; settings: { user_id: string } | null }[];
    expect(users.map((each) => each.number)).toEqual(Array.from({ length: 1_000 }, (_, index) => index + 1));
    const without = users.filter((each) => each.settings === null).map((each) => each.number);
    expect(without).toEqual([3, 17]);
    expect(users.every((each) => each.settings === null || each.settings.user_id === each.id)).toBe(true);
    const errors = (await readData(orchid, 'errors', execution.id)).map((each) => each.value);
    expect(errors.map((each) => [each.error?.code, each.status_code, each.item_index])).toEqual([
      ['ignored', 404, 2],
      ['ignored', 404, 16],
    ]);
    expect(errors[0]?.request_url).toBe(`${stub.url}/api/users/${userId(3)}/settings`);
    expect(stub.ledger.filter((each) => each.path === '/api/users').map((each) => each.query.page)).toHaveLength(51);
  });
});
