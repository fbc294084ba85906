import { BatchingPublisher } from '../batching/batching-publisher';
import { MAX_ENVELOPE_BYTES } from '../batching/record-size';
import { DEFAULT_TOPICS, type KafkaSettings } from '../publisher-settings';
import { KafkaSink } from './kafka-sink';

// The broker's default limit for one batch is 1,048,588 bytes; the room above is for record overheads of small messages.
const MAX_BATCH_BYTES = 1_000_000;

/** Publishes to Kafka: acks of all in-sync replicas, idempotent, one request in flight, gzip for batches above 1 KiB. */
export class KafkaPublisher extends BatchingPublisher {
  constructor(settings: KafkaSettings) {
    const maxBatchBytes = settings.maxBatchBytes ?? batchBytes(settings.maxMessageBytes);
    super(new KafkaSink(settings, settings.topics ?? DEFAULT_TOPICS), {
      ...settings,
      maxBatchBytes,
      maxMessageBytes: settings.maxMessageBytes ?? maxBatchBytes - MAX_ENVELOPE_BYTES,
    });
  }
}

function batchBytes(maxMessageBytes: number | undefined): number {
  return Math.max(MAX_BATCH_BYTES, (maxMessageBytes ?? 0) + MAX_ENVELOPE_BYTES);
}
