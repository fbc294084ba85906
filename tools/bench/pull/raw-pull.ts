import type { OutgoingRecord } from '@orchid/messaging';
import { CompressionTypes, Kafka, logLevel, type Producer } from 'kafkajs';
import { Agent, request, type Dispatcher } from 'undici';
import type { BenchBed } from './bench-bed';
import { CONCURRENCY, type Shape } from './shape';

export interface RawClient {
  readonly dispatcher: Dispatcher;
  readonly producer: Producer;
  readonly topic: string;
  close(): Promise<void>;
}

const BATCH = 100;

/** What the raw side has: a bare undici agent and a bare kafkajs producer with the same guarantees. */
export async function rawClient({ broker }: BenchBed): Promise<RawClient> {
  if (broker.settings.broker !== 'kafka') throw new Error('not Kafka');
  const kafka = new Kafka({ brokers: [...broker.settings.brokers], logLevel: logLevel.NOTHING });
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  const dispatcher = new Agent({ connections: 200 });
  await producer.connect();
  return {
    dispatcher,
    producer,
    topic: broker.settings.topics?.responses ?? '',
    close: async () => {
      await producer.disconnect();
      await dispatcher.close();
    },
  };
}

/**
 * The same requests and the same bytes, and nothing else: no template, no limit, no decoding, no position kept. Pages are
 * not held up by the broker: everything is awaited at the end only.
 */
export async function rawPull(
  bed: BenchBed,
  shape: Shape,
  { client, records }: { readonly client: RawClient; readonly records: readonly OutgoingRecord[] },
): Promise<number> {
  const perPage = records.length / shape.pages;
  const sends: Promise<unknown>[] = [];
  const began = performance.now();
  let sent = 0;
  for (let page = 0; page < shape.pages; page += 1) {
    const offset = page * shape.perPage;
    await get(client, `${bed.stubUrl}/api/contacts?limit=${shape.perPage}&offset=${offset}`);
    if (shape.details) await getDetails(client, bed.stubUrl, { first: offset + 1, count: shape.perPage });
    const until = Math.round((page + 1) * perPage);
    for (; until - sent >= BATCH || (sent < until && page === shape.pages - 1);) {
      const batch = records.slice(sent, Math.min(sent + BATCH, until));
      sent += batch.length;
      sends.push(send(client, batch));
    }
  }
  await Promise.all(sends);
  return performance.now() - began;
}

async function getDetails(
  client: RawClient,
  url: string,
  { first, count }: { readonly first: number; readonly count: number },
): Promise<void> {
  let next = first;
  const lane = async (): Promise<void> => {
    while (next < first + count) {
      const id = `c-${String(next).padStart(6, '0')}`;
      next += 1;
      await get(client, `${url}/api/contacts/${id}/details`);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, lane));
}

async function get({ dispatcher }: RawClient, url: string): Promise<void> {
  const { statusCode, body } = await request(url, { dispatcher });
  await body.text();
  if (statusCode !== 200) throw new Error(`${url} was answered with ${statusCode}`);
}

function send({ producer, topic }: RawClient, batch: readonly OutgoingRecord[]): Promise<unknown> {
  return producer.send({
    topic,
    acks: -1,
    compression: CompressionTypes.GZIP,
    messages: batch.map(({ key, headers, value }) => ({ key, headers: { ...headers }, value })),
  });
}
