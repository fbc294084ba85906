import type { JsonValue } from '@orchid/kernel';
import { DateTime, Duration } from 'luxon';
import strftime from 'strftime';
import { ExpressionError } from '../expression.errors';
import type { Run } from '../run';
import type { Numeric } from '../values';
import { define } from './function-definition';
import { toNumber } from './number-functions';
import { parseTime } from './parse-time';
import { built } from './text-functions';

export const TIME_FUNCTIONS = [
  define({
    name: 'now',
    signature: 'now()',
    description: 'The current time.',
    examples: [['type(now())', 'string']],
    parameters: [],
    call: (_args, run) => iso(run.now()),
  }),
  define({
    name: 'to_epoch',
    signature: 'to_epoch(time)',
    description: 'A time as whole seconds since 1970.',
    examples: [
      ["to_epoch('2024-01-01T00:00:00Z')", 1704067200],
      ['to_epoch(1704067200500)', 1704067200],
    ],
    parameters: ['text or number'],
    call: ([time]) => Math.floor(toMillis(time) / 1000),
  }),
  define({
    name: 'to_epoch_ms',
    signature: 'to_epoch_ms(time)',
    description: 'A time as milliseconds since 1970.',
    examples: [["to_epoch_ms('2024-01-01T00:00:00.250Z')", 1704067200250]],
    parameters: ['text or number'],
    call: ([time]) => toMillis(time),
  }),
  define({
    name: 'from_epoch',
    signature: 'from_epoch(number)',
    description: 'Seconds since 1970 as a time; a number from 100,000,000,000 on is milliseconds.',
    examples: [
      ['from_epoch(1704067200)', '2024-01-01T00:00:00.000Z'],
      ['from_epoch(1704067200250)', '2024-01-01T00:00:00.250Z'],
    ],
    parameters: ['text or number'],
    call: ([epoch]) => iso(epochMillis(epoch)),
  }),
  define({
    name: 'format_time',
    signature: 'format_time(time, pattern)',
    description: "The time in UTC by a pattern of strftime's.",
    examples: [["format_time('2024-03-05T10:00:00Z', '%d/%m/%Y %H:%M')", '05/03/2024 10:00']],
    parameters: ['text or number', 'text'],
    call: ([time, pattern], run) => {
      run.produce(pattern.length * 16);
      return built(UTC(pattern, new Date(toMillis(time))), run);
    },
  }),
  define({
    name: 'parse_time',
    signature: 'parse_time(text, pattern)',
    description: "The time a text means by a pattern of strftime's, in UTC unless it says otherwise.",
    examples: [["parse_time('05/03/2024', '%d/%m/%Y')", '2024-03-05T00:00:00.000Z']],
    parameters: ['text', 'text'],
    call: ([text, pattern]) => iso(parseTime(text, pattern)),
  }),
  define({
    name: 'add_time',
    signature: 'add_time(time, duration)',
    description: 'The time moved by an ISO 8601 duration, months and years by the calendar.',
    examples: [
      ["add_time('2024-01-31T00:00:00Z', 'P1M')", '2024-02-29T00:00:00.000Z'],
      ["add_time('2024-01-01T00:00:00Z', '-PT1H')", '2023-12-31T23:00:00.000Z'],
    ],
    parameters: ['text or number', 'text'],
    call: ([time, duration]) => iso(at(toMillis(time)).plus(parseDuration(duration)).toMillis()),
  }),
  define({
    name: 'time_windows',
    signature: 'time_windows(from, to, duration)',
    description: 'The span cut into windows of one duration; the last one ends at `to`.',
    examples: [
      [
        "time_windows('2024-01-01T00:00:00Z', '2024-01-02T12:00:00Z', 'P1D')",
        [
          { from: '2024-01-01T00:00:00.000Z', to: '2024-01-02T00:00:00.000Z' },
          { from: '2024-01-02T00:00:00.000Z', to: '2024-01-02T12:00:00.000Z' },
        ],
      ],
    ],
    parameters: ['text or number', 'text or number', 'text'],
    call: ([from, to, duration], run) => timeWindows(toMillis(from), toMillis(to), parseDuration(duration), run),
  }),
];

const UTC = strftime.timezone('+0000');
const MILLISECONDS_FROM = 100_000_000_000;

function at(millis: number): DateTime {
  return DateTime.fromMillis(millis, { zone: 'utc' });
}

/** ISO 8601 in UTC with milliseconds. */
function iso(millis: number): string {
  const date = new Date(millis);
  if (Number.isNaN(date.getTime())) throw new ExpressionError('expression_error', 'time out of range');
  return date.toISOString();
}

function epochMillis(epoch: string | Numeric): number {
  const number = toNumber(epoch);
  if (number === null) throw new ExpressionError('expression_error', 'not a number of seconds since 1970');
  const value = Number(number);
  return Math.round(Math.abs(value) >= MILLISECONDS_FROM ? value : value * 1000);
}

/** Milliseconds since the epoch of a time in ISO 8601 or a number of seconds or milliseconds. */
function toMillis(time: string | Numeric): number {
  if (typeof time !== 'string' || toNumber(time) !== null) return epochMillis(time);
  const parsed = DateTime.fromISO(time.trim().replace(' ', 'T'), { zone: 'utc' });
  if (!parsed.isValid) throw new ExpressionError('expression_error', 'not an ISO 8601 time');
  return parsed.toMillis();
}

function parseDuration(text: string): Duration {
  const duration = Duration.fromISO(text);
  if (!duration.isValid || !/\d/.test(text)) {
    throw new ExpressionError('expression_error', "not an ISO 8601 duration such as 'P1D' or 'PT15M'");
  }
  return duration;
}

function timeWindows(from: number, to: number, duration: Duration, run: Run): JsonValue[] {
  const start = at(from);
  if (start.plus(duration).toMillis() <= from) {
    throw new ExpressionError('expression_error', 'time_windows() needs a duration above zero');
  }
  const windows: JsonValue[] = [];
  let begin = from;
  for (let count = 1; begin < to; count += 1) {
    run.checkItems(count);
    run.spend(32);
    // Counted from the start each time: adding months one by one would drift from the 31st to the 28th.
    const end = Math.min(to, start.plus(duration.mapUnits((amount) => amount * count)).toMillis());
    windows.push({ from: iso(begin), to: iso(end) });
    begin = end;
  }
  return windows;
}
