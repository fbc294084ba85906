/** A wait told by an API is believed up to a day; what still holds then is told again. */
export const LONGEST_TOLD_WAIT_MS = 86_400_000;

export interface AnswerTime {
  /** When the answer arrived, by our clock, in milliseconds since the epoch. */
  readonly now: number;
  /** The answer's `Date` header: the clock that its dates were written by. */
  readonly date?: string | undefined;
}

export type ResetFormat = 'auto' | 'epoch_s' | 'epoch_ms' | 'delta_s' | 'http_date' | 'iso';

const NUMBER = /^\d+(\.\d+)?$/;
const HTTP_DATE = /^[A-Za-z]{3,9},? /;
const ISO_TIME = /^\d{4}-\d{2}-\d{2}/;
/** In `auto`, smaller numbers are seconds from now (up to three years), larger ones an instant. */
const SMALLEST_EPOCH_S = 100_000_000;
const SMALLEST_EPOCH_MS = 100_000_000_000;

/**
 * `Retry-After` (RFC 9110, section 10.2.3), seconds or HTTP date, as milliseconds to wait from now.
 * Null when it is absent, malformed or negative; a date in the past is 0; more than a day is a day.
 */
export function parseRetryAfter(value: string | null | undefined, time: AnswerTime): number | null {
  const text = value?.trim() ?? '';
  if (NUMBER.test(text)) return parseReset(text, 'delta_s', time);
  return HTTP_DATE.test(text) ? parseReset(text, 'http_date', time) : null;
}

/** The instant an API names as its reset, as milliseconds to wait from now, under the rules of {@link parseRetryAfter}. */
export function parseReset(value: unknown, format: ResetFormat, time: AnswerTime): number | null {
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : '';
  const delay = delayOf(text, format === 'auto' ? guess(text) : format, time);
  return Number.isFinite(delay) ? Math.min(Math.max(0, Math.ceil(delay)), LONGEST_TOLD_WAIT_MS) : null;
}

function guess(text: string): ResetFormat {
  if (ISO_TIME.test(text)) return 'iso';
  if (!NUMBER.test(text)) return 'http_date';
  const number = Number(text);
  if (number >= SMALLEST_EPOCH_MS) return 'epoch_ms';
  return number >= SMALLEST_EPOCH_S ? 'epoch_s' : 'delta_s';
}

function delayOf(text: string, format: ResetFormat, time: AnswerTime): number {
  const number = NUMBER.test(text) ? Number(text) : NaN;
  if (format === 'delta_s') return number * 1000;
  return instantOf(text, number, format) - serverNow(time);
}

function instantOf(text: string, number: number, format: ResetFormat): number {
  if (format === 'epoch_s') return number * 1000;
  if (format === 'epoch_ms') return number;
  if (format === 'iso') return ISO_TIME.test(text) ? Date.parse(hasZone(text) ? text : `${text}Z`) : NaN;
  return HTTP_DATE.test(text) ? Date.parse(text) : NaN;
}

function hasZone(text: string): boolean {
  return !text.includes('T') || /(Z|[+-]\d{2}:?\d{2})$/i.test(text);
}

function serverNow({ now, date }: AnswerTime): number {
  const served = date === undefined ? NaN : Date.parse(date);
  return Number.isNaN(served) ? now : served;
}
