import type { JsonValue } from '@orchid/kernel';

/** Numbers from here on are an instant, smaller ones a number of seconds (up to 31 years). */
const SMALLEST_EPOCH_S = 1_000_000_000;
const SMALLEST_EPOCH_MS = 100_000_000_000;
const LATEST = 8.64e15;

/** When a token ends, in milliseconds since the epoch, from seconds, an epoch (seconds or milliseconds) or ISO text; null for anything else. */
export function expiryOf(value: JsonValue, now: number): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number === 'number' && !Number.isNaN(number)) return future(instantOf(number, now), now);
  return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}/.test(value) ? future(Date.parse(value), now) : null;
}

function instantOf(number: number, now: number): number {
  if (number >= SMALLEST_EPOCH_MS) return number;
  return number >= SMALLEST_EPOCH_S ? number * 1000 : now + number * 1000;
}

function future(instant: number, now: number): number | null {
  return instant > now && instant < LATEST ? instant : null;
}

/** Until when a token is used: its end less the skew, by default the smaller of 60 s and a tenth of its life; never less than half its life. */
export function usableUntil(expiresAt: number, now: number, skewMs: number | null): number {
  const life = expiresAt - now;
  return expiresAt - Math.min(skewMs ?? Math.min(60_000, life / 10), life / 2);
}
