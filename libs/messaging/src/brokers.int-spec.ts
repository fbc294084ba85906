import { newId } from '@orchid/kernel';
import { stackEnv } from '@orchid/testing';
import { connect as connectAmqp } from 'amqplib';
import { Kafka, logLevel } from 'kafkajs';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import { createPublisher, createReader } from './create-publisher';
import { describePublisherContract, type PublisherLimits } from './publisher.contract';
import type { KafkaSettings, PublisherSettings, RabbitMqSettings } from './publisher-settings';
import type { OutgoingRecord } from './publisher.port';

type Broker = 'kafka' | 'rabbitmq';
const stack = stackEnv();
const required = (process.env.ORCHID_REQUIRE ?? '').split(/[\s,]+/);
const topicsMade: string[] = [];
const exchangesMade: string[] = [];

const record = (value: string): OutgoingRecord => ({ channel: 'responses', key: 't:e', headers: {}, value });
const underTest = (settings: PublisherSettings) => ({
  publisher: createPublisher(settings),
  reader: createReader(settings),
});

function uniqueTopics() {
  const run = newId();
  const topics = { responses: `test-responses-${run}`, errors: `test-errors-${run}`, events: `test-events-${run}` };
  topicsMade.push(...Object.values(topics));
  return topics;
}

function uniqueExchange(): string {
  const exchange = `test-${newId()}`;
  exchangesMade.push(exchange);
  return exchange;
}

async function readValues(settings: PublisherSettings): Promise<string[]> {
  const values: string[] = [];
  for await (const each of createReader(settings).read('responses', { from: 'beginning', until: 'end' })) {
    values.push(each.value);
  }
  return values;
}

/** The cases of a broker the stack has. For one that is absent but required, a test that fails stands in for them. */
function describeWith(broker: Broker, address: string | undefined, cases: (address: string) => void): void {
  if (address !== undefined) cases(address);
  else if (required.includes(broker)) {
    it(`needs ${broker}, which ORCHID_REQUIRE names`, () => {
      throw new Error(`The stack has no ${broker}: run npm run stack -- up, and see npm run stack -- status`);
    });
  }
}

describe('a broker that is not there', () => {
  const absent: PublisherSettings[] = [
    { broker: 'kafka', brokers: ['127.0.0.1:1'], deliveryTimeoutMs: 300 },
    { broker: 'rabbitmq', url: 'amqp://127.0.0.1:1', deliveryTimeoutMs: 300 },
  ];
  it.each(absent)('$broker: ping and publish reject by name, in time, and close ends', async (settings) => {
    const publisher = createPublisher(settings);
    const started = performance.now();
    await expect(publisher.ping()).rejects.toMatchObject({ code: 'broker_unavailable', retry: 'backoff' });
    expect(performance.now() - started).toBeLessThan(2_500);
    await expect(publisher.publish([record('1')])).rejects.toMatchObject({ code: 'broker_unavailable' });
    await publisher.close();
  });
});

describeWith('kafka', stack.kafkaBrokers, (address) => {
  const settings = (over: Partial<KafkaSettings> | PublisherLimits = {}): KafkaSettings => ({
    broker: 'kafka',
    brokers: address.split(','),
    topics: uniqueTopics(),
    topicPartitions: 3,
    ...over,
  });
  const admin = new Kafka({ brokers: address.split(','), logLevel: logLevel.NOTHING }).admin();
  beforeAll(() => admin.connect());
  afterAll(async () => {
    const present = new Set(await admin.listTopics());
    await admin.deleteTopics({ topics: topicsMade.filter((topic) => present.has(topic)) });
    await admin.disconnect();
  });

  describePublisherContract('kafka', (limits) => underTest(settings(limits)));

  it('refuses what the broker itself finds too large, and delivers its neighbours', async () => {
    const mine = settings({ maxMessageBytes: 3_000_000, compressFromBytes: Infinity });
    const publisher = createPublisher(mine);
    const before = publisher.publish([record('1')]);
    const tooLarge = publisher.publish([record(`"${'x'.repeat(2_000_000)}"`)]);
    const after = publisher.publish([record('2')]);
    await expect(tooLarge).rejects.toMatchObject({ code: 'message_too_large' });
    await Promise.all([before, after]);
    await publisher.close();
    expect(await readValues(mine)).toEqual(['1', '2']);
  });

  it('refuses by name when a topic is missing and may not be created', async () => {
    const publisher = createPublisher(settings({ createTopics: false }));
    await expect(publisher.publish([record('1')])).rejects.toMatchObject({ code: 'broker_refused', type: 'config' });
    await publisher.close();
  });
});

/** Stands between a client and a broker, to cut them off from each other. */
async function startProxy(target: URL) {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => other.destroy());
      socket.pipe(other);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = () => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  const url = new URL(target.href);
  url.port = String((server.address() as AddressInfo).port);
  url.hostname = '127.0.0.1';
  return { url: url.href, cut, close: () => server.close() };
}

describeWith('rabbitmq', stack.rabbitmqUrl, (url) => {
  const settings = (over: Partial<RabbitMqSettings> | PublisherLimits = {}): RabbitMqSettings => ({
    broker: 'rabbitmq',
    url,
    topics: uniqueTopics(),
    exchange: uniqueExchange(),
    ...over,
  });
  afterAll(async () => {
    const connection = await connectAmqp(url);
    const channel = await connection.createChannel();
    for (const queue of topicsMade) await channel.deleteQueue(queue);
    for (const exchange of exchangesMade) await channel.deleteExchange(exchange);
    await connection.close();
  });

  describePublisherContract('rabbitmq', (limits) => underTest(settings(limits)));

  it('takes a message that no queue wants for a failure', async () => {
    const publisher = createPublisher(settings({ declareQueues: false }));
    await expect(publisher.publish([record('1')])).rejects.toMatchObject({ code: 'unroutable', type: 'config' });
    await publisher.close();
  });

  it('connects again when the connection breaks, and loses nothing', async () => {
    const proxy = await startProxy(new URL(url));
    const mine = settings({ url: proxy.url });
    const publisher = createPublisher(mine);
    await publisher.publish([record('0')]);
    for (let n = 1; n <= 5; n += 1) {
      const publishing = publisher.publish([record(String(n))]);
      if (n % 2 === 1) setImmediate(() => proxy.cut());
      await publishing;
    }
    await publisher.close();
    proxy.close();
    const found = await readValues({ ...mine, url });
    expect([...new Set(found)]).toEqual(['0', '1', '2', '3', '4', '5']);
  });
});
