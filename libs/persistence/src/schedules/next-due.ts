import type { PlanDocument } from '@orchid/plan';
import { CronExpressionParser } from 'cron-parser';
import { InvalidData } from '../database/database.errors';
import type { Schedule } from './schedule.entity';

/** A plan's schedule as the columns of `schedules` hold it. */
export interface Timing {
  readonly waitSeconds: number | null;
  readonly waitFrom: 'end' | 'start';
  readonly cron: string | null;
  readonly timezone: string | null;
  readonly jitterSeconds: number;
  readonly repeatCount: number;
}

export const SECOND_MS = 1_000;

/** Null: the plan runs only when triggered. */
export function timingOf(document: PlanDocument): Timing | null {
  const { schedule, wait_seconds: waitSeconds = null } = document;
  if (schedule === undefined && waitSeconds === null) return null;
  return {
    waitSeconds: schedule === undefined ? waitSeconds : null,
    waitFrom: document.wait_from ?? 'end',
    cron: schedule?.cron ?? null,
    timezone: schedule?.timezone ?? null,
    jitterSeconds: schedule?.jitter_seconds ?? 0,
    repeatCount: document.repeat_count ?? 0,
  };
}

/** The first moment after `after` that a cron expression names in its time zone (UTC when null). Throws `InvalidData`. */
export function nextSlot(cron: string, timezone: string | null, after: Date): Date {
  try {
    return CronExpressionParser.parse(cron, { currentDate: after, tz: timezone ?? 'UTC' })
      .next()
      .toDate();
  } catch (error) {
    throw new InvalidData('The cron expression or its time zone is not valid.', { cron, timezone }, error);
  }
}

/** Whether `repeat_count` scheduled executions have ended. */
export function isExhausted(schedule: { readonly repeatCount: number; readonly scheduledRuns: number }): boolean {
  return schedule.repeatCount > 0 && schedule.scheduledRuns >= schedule.repeatCount;
}

/** When an active pair is due again after an execution of it ended; null when it is not active. `random` in [0, 1). */
export function nextDue(
  schedule: Schedule,
  execution: { readonly startedAt: Date | null; readonly finishedAt: Date },
  random: () => number = Math.random,
): Date | null {
  const { finishedAt } = execution;
  if (!schedule.active) return null;
  if (schedule.cron !== null) {
    // A slot that came while the execution ran is still to be served, once.
    if (schedule.nextDueAt !== null) return schedule.nextDueAt;
    return later(nextSlot(schedule.cron, schedule.timezone, finishedAt), schedule.jitterSeconds * random());
  }
  const base = schedule.waitFrom === 'start' ? (execution.startedAt ?? finishedAt) : finishedAt;
  const due = later(base, schedule.waitSeconds ?? 0);
  return due < finishedAt ? finishedAt : due;
}

function later(date: Date, seconds: number): Date {
  return new Date(date.getTime() + Math.round(seconds * SECOND_MS));
}
