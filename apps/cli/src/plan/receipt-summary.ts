import { type JsonObject, type Redactor, stringifyJson } from '@orchid/kernel';
import type { Receipt } from '@orchid/messaging';
import type { LocalOutcome } from './local-execution';

/** How an execution ended, for a person. */
export function receiptSummary(outcome: LocalOutcome, seconds: number, redactor: Redactor): string {
  const { kind, receipt } = outcome;
  const lines = [`${kind} after ${seconds.toFixed(1)} s`];
  if (kind === 'failed' || kind === 'aborted') {
    const { code, step_path: step, message } = outcome.error;
    lines.push(`  error      ${code} at ${step}: ${redactor.text(message)}`);
  }
  lines.push(...countLines(receipt));
  if (kind === 'success') lines.push(...contextLines(outcome.contextUpdates, redactor));
  return lines.join('\n');
}

function countLines(receipt: Receipt): string[] {
  const { items_total: items, items_failed: failed, items_ignored: ignored } = receipt;
  const counted = items === 0 ? '' : ` (items: ${items}, failed: ${failed}, ignored: ${ignored})`;
  return [
    `  pages      ${receipt.pages}`,
    `  requests   ${receipt.api_calls}`,
    `  records    ${receipt.records}${counted}`,
    `  published  ${receipt.published}`,
    `  read       ${receipt.bytes} bytes`,
    ...receipt.loops.map(
      (loop) => `  loop       ${loop.step_path}: pages ${loop.pages}, ${loop.stop_reason ?? 'cut short'}`,
    ),
    `  complete   ${receipt.complete ? 'yes' : 'no'}`,
  ];
}

function contextLines(updates: JsonObject, redactor: Redactor): string[] {
  return Object.keys(updates).length === 0 ? [] : [`  context    ${redactor.text(stringifyJson(updates))}`];
}
