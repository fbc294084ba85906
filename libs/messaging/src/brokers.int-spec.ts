import { newId } from '@orchid/kernel';
import { stackEnv } from '@orchid/testing';
import { createPublisher, createReader } from './create-publisher';
import { describePublisherContract, type PublisherLimits } from './publisher.contract';
import type { PublisherSettings } from './publisher-settings';

type Broker = 'kafka' | 'rabbitmq';
const REQUIRED = (process.env.ORCHID_REQUIRE ?? '').split(/[\s,]+/);

const uniqueTopics = () => {
  const run = newId();
  return { responses: `test-responses-${run}`, errors: `test-errors-${run}`, events: `test-events-${run}` };
};

/** The stack's address of a broker; a test that fails stands in for the cases of one that is required and absent. */
function describeWith(broker: Broker, address: string | undefined, cases: (address: string) => void): void {
  if (address !== undefined) {
    cases(address);
    return;
  }
  if (!REQUIRED.includes(broker)) return;
  it(`needs ${broker}, which ORCHID_REQUIRE names`, () => {
    throw new Error(`The stack has no ${broker}: run npm run stack -- up, and see npm run stack -- status`);
  });
}

const underTest = (settings: PublisherSettings) => ({
  publisher: createPublisher(settings),
  reader: createReader(settings),
});
const stack = stackEnv();

it('knows which brokers the stack has', () => {
  expect(REQUIRED.filter((each) => each === 'kafka' && stack.kafkaBrokers === undefined)).toEqual([]);
});

describeWith('kafka', stack.kafkaBrokers, (address) => {
  const settings = (limits: PublisherLimits = {}) =>
    ({ broker: 'kafka', brokers: address.split(','), topics: uniqueTopics(), topicPartitions: 3, ...limits }) as const;
  describePublisherContract('kafka', (limits) => underTest(settings(limits)));
});

describeWith('rabbitmq', stack.rabbitmqUrl, (url) => {
  const settings = (limits: PublisherLimits = {}) =>
    ({ broker: 'rabbitmq', url, topics: uniqueTopics(), exchange: `test-${newId()}`, ...limits }) as const;
  describePublisherContract('rabbitmq', (limits) => underTest(settings(limits)));
});
