import { PublishError } from '../publish.errors';

// AMQP 0-9-1 reply codes: access-refused, not-found, precondition-failed, not-allowed.
const REFUSED = new Set([403, 404, 406, 530]);

/** What an amqplib error means for the records. Whatever is not known to last is taken as an absent broker. */
export function publishErrorOf(error: unknown): PublishError {
  if (error instanceof PublishError) return error;
  if (isRefusal(error)) {
    return new PublishError('broker_refused', `RabbitMQ refused: ${error.message}`, { cause: error });
  }
  return PublishError.unavailable('RabbitMQ is not available', error);
}

function isRefusal(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  if ('code' in error && typeof error.code === 'number') return REFUSED.has(error.code);
  return error.message.includes('ACCESS_REFUSED') || error.message.includes('ACCESS-REFUSED');
}
