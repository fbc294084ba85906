import type { ConsumedRecord } from '../reading/reader.port';
import type { OutgoingRecord } from '../publisher.port';

const LINE_BREAK = /[\r\n]/g;
const BEFORE_VALUE = '},"value":';

/**
 * One line `{key, headers, value}` with the message's own text as `value`. JSON has line breaks only between tokens:
 * they become spaces.
 */
export function recordLine(record: OutgoingRecord): string {
  return `{"key":${JSON.stringify(record.key)},"headers":${JSON.stringify(record.headers)},"value":${oneLine(record.value)}}\n`;
}

/** JSON text without line breaks. */
export function oneLine(json: string): string {
  return json.includes('\n') || json.includes('\r') ? json.replace(LINE_BREAK, ' ') : json;
}

/** Reads a line back; undefined for a blank line or one that a crash cut short. */
export function parseRecordLine(
  line: string,
  place: Pick<ConsumedRecord, 'topic' | 'offset'>,
): ConsumedRecord | undefined {
  // Headers hold texts only and a quote inside a text is escaped, so this cannot occur earlier.
  const end = line.indexOf(BEFORE_VALUE);
  if (end < 0 || !line.endsWith('}')) return undefined;
  const value = line.slice(end + BEFORE_VALUE.length, -1);
  try {
    JSON.parse(value);
    const { key, headers } = JSON.parse(`${line.slice(0, end + 1)}}`) as Pick<ConsumedRecord, 'key' | 'headers'>;
    return { ...place, partition: 0, key, headers, value };
  } catch {
    return undefined;
  }
}
