import type { Findings } from '../findings';
import type { StepDocument } from '../plan-document';
import type { StepPlace } from './step-place';

/** Fields that speak of a request or of its answer. */
const REQUEST_FIELDS = [
  'method',
  'headers',
  'params',
  'body',
  'body_format',
  'timeout_seconds',
  'step_timeout_seconds',
  'retry',
  'retry_when',
  'abort_on',
  'abort_when',
  'fail_on',
  'fail_when',
  'ignore_on',
  'ignore_when',
  'accept_on',
  'accept_when',
  'poll',
  'next_url',
  'extract',
  'response_format',
  'csv',
  'decompress',
  'force_array',
  'max_response_bytes',
  'rows_per_page',
] as const satisfies readonly (keyof StepDocument)[];

/** A step without `url` sends nothing: it has to group or iterate, and what it says about a request is idle. */
export function checkUrlless(findings: Findings, place: StepPlace, step: StepDocument): void {
  const at = place.documentPath;
  if (findings.isBroken(`${at}.url`)) return;
  if (step.iterate_over === undefined && step.sub_steps === undefined) {
    if (findings.isBroken(`${at}.iterate_over`) || findings.isBroken(`${at}.sub_steps`)) return;
    findings.fault(at, 'step_without_url', 'A step without url needs iterate_over or sub_steps.', 'Add a url.');
    return;
  }
  if ((step.sub_steps ?? []).length === 0) {
    const message = 'A step without url and without sub_steps does nothing.';
    findings.warn(at, 'does_nothing', message, 'Add sub_steps that use the items, or a url.');
  }
  for (const field of REQUEST_FIELDS) {
    if (step[field] === undefined) continue;
    findings.warn(
      `${at}.${field}`,
      'unused_field',
      'The step has no url and sends nothing.',
      `Add a url, or remove ${field}.`,
    );
  }
}
