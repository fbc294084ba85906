import { InvalidArgumentError } from 'commander';

/** An option's value; commander shows what is wrong with it. */
export function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('It must be a whole number from 1.');
  return value;
}

const HOST_AND_PORT = /^(?:\[[^\]\s]+\]|[^\s:]+):(?:\d{1,5}|\*)$/;

/** Collects repeated values. */
export function hostAndPort(text: string, before: readonly string[] = []): string[] {
  if (!HOST_AND_PORT.test(text)) throw new InvalidArgumentError('It must be host:port, such as localhost:8080.');
  return [...before, text];
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** In milliseconds. */
export function duration(text: string): number {
  const [, number = '', unit = 's'] = /^(\d+)(ms|s|m|h)?$/.exec(text) ?? [];
  const value = Number(number) * (UNITS[unit] ?? 0);
  if (number === '' || value === 0 || value > LONGEST_TIMER_MS) {
    throw new InvalidArgumentError('It must be a time such as 30s, 5m or 1h.');
  }
  return value;
}
