import type { Settings } from '@orchid/config';
import type { DriverLog, PublisherSettings, TopicNames } from './publisher-settings';

/** What a process was told about its broker, as {@link createPublisher} and {@link createReader} take it. */
export function publisherSettings(broker: Settings['broker'], clientId: string, log?: DriverLog): PublisherSettings {
  const every = {
    topics: topicsOf(broker),
    maxInFlightBytes: broker.maxInFlightBytes,
    ...(log !== undefined && { log }),
  };
  switch (broker.kind) {
    case 'kafka':
      return {
        ...every,
        broker: 'kafka',
        clientId,
        brokers: broker.kafkaBrokers,
        ssl: broker.kafkaSsl,
        ...saslOf(broker),
      };
    case 'rabbitmq':
      return { ...every, broker: 'rabbitmq', url: broker.rabbitmqUrl ?? '' };
    case 'file':
      return { ...every, broker: 'file', directory: broker.fileDirectory };
  }
}

function topicsOf(broker: Settings['broker']): TopicNames {
  return { responses: broker.responseTopic, errors: broker.errorTopic, events: broker.eventsTopic };
}

function saslOf(broker: Settings['broker']) {
  const { kafkaSaslMechanism: mechanism, kafkaSaslUsername: username, kafkaSaslPassword: password } = broker;
  return mechanism === undefined || username === undefined || password === undefined
    ? {}
    : { sasl: { mechanism, username, password } };
}
