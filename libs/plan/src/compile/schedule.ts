import { CronExpressionParser } from 'cron-parser';
import { IANAZone } from 'luxon';
import type { Findings } from '../findings';
import type { PlanDocument } from '../plan-document';

/** Checks when a plan runs: after a pause or by the clock, never both. */
export function checkTiming(findings: Findings, document: PlanDocument): void {
  const { repeat_count: repeat = 0, schedule, wait_from: waitFrom, wait_seconds: wait } = document;
  if (wait !== undefined && schedule !== undefined) {
    const message = 'A plan runs after a pause or by the clock, not both.';
    findings.fault('$.schedule', 'conflicting_fields', message, 'Remove either schedule or wait_seconds.');
  }
  if (waitFrom !== undefined && wait === undefined && !findings.isBroken('$.wait_seconds')) {
    findings.warn(
      '$.wait_from',
      'unused_field',
      'There is no pause to count.',
      'Add wait_seconds, or remove wait_from.',
    );
  }
  const timed = [wait, schedule].some((each) => each !== undefined);
  if (repeat > 0 && !timed && !findings.isBroken('$.wait_seconds') && !findings.isBroken('$.schedule')) {
    const message = 'The plan runs only when it is triggered, and triggers by hand do not count.';
    findings.warn('$.repeat_count', 'unused_field', message, 'Add wait_seconds or schedule, or remove repeat_count.');
  }
  if (schedule !== undefined) checkSchedule(findings, schedule);
}

function checkSchedule(findings: Findings, schedule: NonNullable<PlanDocument['schedule']>): void {
  const { cron, timezone = 'UTC' } = schedule;
  const zoneIsValid = IANAZone.isValidZone(timezone);
  if (!zoneIsValid) {
    const message = `There is no time zone called ${timezone}.`;
    findings.fault(
      '$.schedule.timezone',
      'invalid_timezone',
      message,
      'Use an IANA name such as Europe/Berlin, or UTC.',
    );
  }
  const problem = cronProblem(cron, zoneIsValid ? timezone : 'UTC');
  if (problem === null) return;
  const hint = 'Write five fields: minute, hour, day of month, month, day of week - such as 0 6 * * 1-5.';
  findings.fault('$.schedule.cron', 'invalid_cron', `The cron expression is not valid: ${problem}.`, hint);
}

function cronProblem(cron: string, timezone: string): string | null {
  const fields = cron.trim().split(/\s+/);
  // The parser fills up missing fields silently.
  if (!cron.startsWith('@') && (fields.length < 5 || fields.length > 6)) return `it has ${fields.length} fields`;
  try {
    CronExpressionParser.parse(cron, { tz: timezone }).next();
    return null;
  } catch (error) {
    return (error instanceof Error ? error.message : 'unknown reason').replace(/\.$/, '');
  }
}
