import { PublishError } from '../publish.errors';

const TOO_LARGE = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_RECORD']);
const REFUSED = new Set([
  'TOPIC_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
  'SASL_AUTHENTICATION_FAILED',
  'UNSUPPORTED_SASL_MECHANISM',
  'INVALID_TOPIC_EXCEPTION',
  'POLICY_VIOLATION',
  'INVALID_REPLICATION_FACTOR',
  'INVALID_PARTITIONS',
]);

/** What a kafkajs error means for the records. Whatever is not known to last is taken as an absent broker. */
export function publishErrorOf(error: unknown): PublishError {
  if (error instanceof PublishError) return error;
  for (const each of causes(error)) {
    const type = 'type' in each && typeof each.type === 'string' ? each.type : '';
    if (TOO_LARGE.has(type)) {
      return new PublishError('message_too_large', 'Kafka refused a message as too large.', { cause: error });
    }
    if (REFUSED.has(type) || each.name === 'KafkaJSSASLAuthenticationError') {
      return new PublishError('broker_refused', `Kafka refused: ${each.message}`, { cause: error });
    }
  }
  return PublishError.unavailable('Kafka is not available', error);
}

function causes(error: unknown): Error[] {
  const chain: Error[] = [];
  let next: unknown = error;
  while (next instanceof Error && chain.length < 5) {
    chain.push(next);
    const inner: unknown = 'errors' in next && Array.isArray(next.errors) ? next.errors[0] : next.cause;
    next = inner;
  }
  return chain;
}
