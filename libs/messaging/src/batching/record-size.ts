import { PublishError } from '../publish.errors';
import type { OutgoingRecord } from '../publisher.port';

// Lengths, sequence, time stamp and the like that each broker stores beside a record.
const RECORD_OVERHEAD = 32;
const HEADER_OVERHEAD = 4;

/** The most that key, headers and overhead of one record may take. */
export const MAX_ENVELOPE_BYTES = 8 * 1024;

/** What a record takes on the wire, in bytes, rounded up. Throws `message_too_large` above the limit for its value. */
export function measureRecord(record: OutgoingRecord, limit: number): number {
  const bytes = Buffer.byteLength(record.value, 'utf8');
  if (bytes > limit) throw tooLarge(record, `A message of ${bytes} bytes`, { bytes, limit });
  const envelope = envelopeBytes(record);
  if (envelope <= MAX_ENVELOPE_BYTES) return bytes + envelope;
  throw tooLarge(record, `A key with headers of ${envelope} bytes`, { bytes: envelope, limit: MAX_ENVELOPE_BYTES });
}

function envelopeBytes(record: OutgoingRecord): number {
  let bytes = RECORD_OVERHEAD + Buffer.byteLength(record.key, 'utf8');
  for (const [name, value] of Object.entries(record.headers)) {
    bytes += HEADER_OVERHEAD + Buffer.byteLength(name, 'utf8') + Buffer.byteLength(value, 'utf8');
  }
  return bytes;
}

function tooLarge(record: OutgoingRecord, what: string, sizes: { bytes: number; limit: number }): PublishError {
  const { key, channel, headers } = record;
  return new PublishError('message_too_large', `${what} is over the broker's limit of ${sizes.limit}.`, {
    details: { ...sizes, key, channel, message_id: headers.message_id ?? null },
  });
}
