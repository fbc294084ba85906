import type { Execution, PlanWithDocument } from '@orchid/persistence';
import {
  readData,
  readEvents,
  startOrchid,
  startStubApi,
  TenantDesk,
  until,
  type Orchid,
  type OrchidProcess,
  type ReadData,
  type StubApi,
} from '@orchid/testing';

const CONTACTS = 1_500;
const PER_PAGE = 50;
const CONCURRENCY = 10;

const PLAN = {
  key: 'slow-contacts',
  integration: 'crm',
  step: {
    url: '{config.base_url}/api/contacts',
    params: { limit: String(PER_PAGE), offset: '{vars.offset || `0`}' },
    vars: { offset: 'response.body.next_offset' },
    while: 'response.body.has_more == true',
    sub_steps: [
      {
        id: 'details',
        iterate_over: 'response.body.contacts',
        concurrency: CONCURRENCY,
        url: '{config.base_url}/api/contacts/{item.id}/details',
      },
    ],
  },
};

describe('an execution whose worker goes away', () => {
  let stub: StubApi;
  let orchid: Orchid;
  let desk: TenantDesk;
  let plan: PlanWithDocument;
  let configId: string;

  beforeAll(async () => {
    stub = await startStubApi({ contacts: CONTACTS, latencyMs: 20 });
    orchid = await startOrchid({ workers: 0, apps: ['scheduler'], allow: [stub.authority] });
    desk = await TenantDesk.open(orchid);
    configId = (await desk.integration({ name: 'crm', configs: { only: { base_url: stub.url } } })).only ?? '';
    plan = await desk.plan(PLAN);
  }, 60_000);

  afterAll(async () => {
    await desk.close();
    await orchid.stop();
    await stub.close();
  });

  /** Starts an execution on a worker of its own, and a second worker once it is well under way. */
  async function underWay(): Promise<{ id: string; worker: OrchidProcess; other: OrchidProcess }> {
    stub.clear();
    const worker = await orchid.start('worker');
    const id = await desk.trigger(plan, configId);
    await until('a third of the work', () => stub.ledger.length > CONTACTS / 3);
    const other = await orchid.start('worker');
    return { id, worker, other };
  }

  /** Everything is there, and what is there twice is the same message. */
  async function repeatsOf(execution: Execution): Promise<ReadData[]> {
    expect(execution).toMatchObject({ status: 'success', receipt: { complete: true, records: CONTACTS } });
    const messages = await readData(orchid, 'responses', execution.id);
    const first = new Map<string, ReadData>();
    const repeats: ReadData[] = [];
    for (const message of messages) {
      const { message_id } = message.value;
      const known = first.get(message_id);
      if (known === undefined) first.set(message_id, message);
      else repeats.push(message);
      expect(message.value.response_body).toEqual((known ?? message).value.response_body);
    }
    const numbers = [...first.values()]
      .filter((each) => each.value.step_path === 'root')
      .map((each) => (each.value.response_body as [{ number: number }])[0].number);
    expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: CONTACTS }, (_, index) => index + 1));
    expect(first.size).toBe(2 * CONTACTS);
    const events = await readEvents(orchid, execution.id);
    expect(events.filter((each) => each.type === 'execution.completed')).toHaveLength(1);
    return repeats;
  }

  it('goes on elsewhere after SIGTERM, and repeats nothing', async () => {
    const { id, worker, other } = await underWay();
    expect(await worker.stop()).toBe(0);
    expect(await desk.ended(id)).toMatchObject({ epoch: 2, crashes: 0 });
    expect(await repeatsOf(await desk.ended(id))).toEqual([]);
    const details = stub.ledger.filter((each) => each.item !== null);
    expect(new Set(details.map((each) => each.item)).size).toBe(CONTACTS);
    expect(details).toHaveLength(CONTACTS);
    await other.stop();
  }, 60_000);

  it('is taken over within 30 s after SIGKILL, and repeats at most the page in flight', async () => {
    const { id, worker, other } = await underWay();
    worker.kill('SIGKILL');
    const killedAt = Date.now();
    await until('the second owner', async () => (await desk.run((work) => work.executions.get(id))).epoch === 2);
    expect(Date.now() - killedAt).toBeLessThan(30_000);
    const execution = await desk.ended(id);
    const repeats = await repeatsOf(execution);
    const pages = repeats.filter((each) => each.value.step_path === 'root').map((each) => each.value.page);
    expect(new Set(pages).size).toBeLessThanOrEqual(1);
    expect(repeats.length).toBeLessThanOrEqual(2 * PER_PAGE + CONCURRENCY);
    expect(execution.crashes).toBe(1);
    expect(await other.stop()).toBe(0);
  }, 90_000);
});
