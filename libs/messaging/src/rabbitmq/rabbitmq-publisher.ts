import { BatchingPublisher } from '../batching/batching-publisher';
import { DEFAULT_TOPICS, type RabbitMqSettings } from '../publisher-settings';
import { RabbitMqSink } from './rabbitmq-sink';

// RabbitMQ 4 takes 16 MiB by default, headers included.
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024 - 64 * 1024;

/** Publishes to one RabbitMQ exchange, routing key = topic: persistent, mandatory, confirmed; the key is header `key`. */
export class RabbitMqPublisher extends BatchingPublisher {
  constructor(settings: RabbitMqSettings) {
    super(new RabbitMqSink(settings, settings.topics ?? DEFAULT_TOPICS), {
      maxMessageBytes: MAX_MESSAGE_BYTES,
      ...settings,
    });
  }
}
