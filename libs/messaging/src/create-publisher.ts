import { EventMirroringPublisher } from './event-mirroring-publisher';
import { FilePublisher } from './file/file-publisher';
import { FileReader } from './file/file-reader';
import { KafkaPublisher } from './kafka/kafka-publisher';
import { KafkaReader } from './kafka/kafka-reader';
import { DEFAULT_TOPICS, type PublisherSettings } from './publisher-settings';
import type { Publisher } from './publisher.port';
import { RabbitMqPublisher } from './rabbitmq/rabbitmq-publisher';
import { RabbitMqReader } from './rabbitmq/rabbitmq-reader';
import type { RecordReader } from './reading/reader.port';

/**
 * The publisher of the settings' broker; it connects at the first message or ping. Where the events' topic is the
 * responses' topic, events go to both that topic and `execution-events`.
 */
export function createPublisher(settings: PublisherSettings): Publisher {
  const { topics } = settings;
  if (topics === undefined || topics.events !== topics.responses) return driverOf(settings);
  return new EventMirroringPublisher(driverOf({ ...settings, topics: { ...topics, events: DEFAULT_TOPICS.events } }));
}

function driverOf(settings: PublisherSettings): Publisher {
  switch (settings.broker) {
    case 'kafka':
      return new KafkaPublisher(settings);
    case 'rabbitmq':
      return new RabbitMqPublisher(settings);
    case 'file':
      return new FilePublisher(settings);
  }
}

/** A reader of what {@link createPublisher} with the same settings publishes. */
export function createReader(settings: PublisherSettings): RecordReader {
  switch (settings.broker) {
    case 'kafka':
      return new KafkaReader(settings);
    case 'rabbitmq':
      return new RabbitMqReader(settings);
    case 'file':
      return new FileReader(settings);
  }
}
