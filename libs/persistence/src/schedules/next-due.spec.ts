import { InvalidData } from '../database/database.errors';
import { nextDue, nextSlot, timingOf } from './next-due';
import { Schedule } from './schedule.entity';

const at = (time: string): Date => new Date(`2026-03-29T${time}Z`);
const base = {
  active: true,
  waitSeconds: 600,
  waitFrom: 'end',
  cron: null,
  timezone: null,
  jitterSeconds: 0,
  nextDueAt: null,
};
const schedule = (fields: object): Schedule => Object.assign(new Schedule(), base, fields);
const ended = { startedAt: at('10:00:00'), finishedAt: at('10:05:00') };

describe('nextDue', () => {
  it.each([
    ['waits from the end', {}, at('10:15:00')],
    ['waits from the start', { waitFrom: 'start' }, at('10:10:00')],
    ['is due at once when the wait from the start is over', { waitFrom: 'start', waitSeconds: 60 }, at('10:05:00')],
    ['is due at once without a pause', { waitSeconds: 0 }, at('10:05:00')],
    ['takes the next cron slot', { waitSeconds: null, cron: '0 * * * *' }, at('11:00:00')],
    ['keeps a slot that came meanwhile', { cron: '0 * * * *', nextDueAt: at('10:00:00') }, at('10:00:00')],
    ['adds jitter', { cron: '0 * * * *', jitterSeconds: 60 }, at('11:00:30')],
    ['stays away when it is not active', { active: false }, null],
  ])('%s', (_rule, fields, expected) => {
    expect(nextDue(schedule(fields), ended, () => 0.5)).toEqual(expected);
  });

  it('reads cron in its time zone, across a change of the clock', () => {
    // Europe/Berlin skips from 02:00 to 03:00 on this day.
    expect(nextSlot('30 9 * * *', 'Europe/Berlin', at('00:00:00'))).toEqual(at('07:30:00'));
    expect(nextSlot('30 9 * * *', null, at('00:00:00'))).toEqual(at('09:30:00'));
  });

  it('names a bad cron expression and a bad time zone', () => {
    expect(() => nextSlot('not cron', null, at('00:00:00'))).toThrow(InvalidData);
    expect(() => nextSlot('0 0 * * *', 'Mars/Olympus', at('00:00:00'))).toThrow(InvalidData);
  });
});

describe('timingOf', () => {
  const step = { url: 'https://x' };
  it.each([
    [{ key: 'k', step }, null],
    [
      { key: 'k', step, wait_seconds: 0 },
      { waitSeconds: 0, cron: null, waitFrom: 'end', repeatCount: 0 },
    ],
    [
      { key: 'k', step, schedule: { cron: '* * * * *', timezone: 'UTC', jitter_seconds: 5 }, repeat_count: 3 },
      { waitSeconds: null, cron: '* * * * *', timezone: 'UTC', jitterSeconds: 5, repeatCount: 3 },
    ],
  ])('reads %j', (document, expected) => {
    const timing = timingOf(document);
    if (expected === null) expect(timing).toBeNull();
    else expect(timing).toMatchObject(expected);
  });
});
