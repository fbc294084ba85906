import type { CheckedPlan, PlacedFault } from './check-plan';

/** What was found in a plan, for a person: one finding in three lines at most, then the verdict. */
export function faultReport(file: string, { errors, warnings }: CheckedPlan): string {
  const findings = [
    ...errors.map((fault) => findingLines(file, 'error', fault)),
    ...warnings.map((fault) => findingLines(file, 'warning', fault)),
  ];
  return [...findings, verdict(file, errors.length, warnings.length)].join('\n');
}

function findingLines(file: string, kind: string, { path, code, message, hint, line, column }: PlacedFault): string {
  const head = `${file}:${line}:${column}: ${kind} at ${path} (${code})`;
  return [head, `    ${message}`, ...(hint === undefined ? [] : [`    ${hint}`])].join('\n');
}

function verdict(file: string, errors: number, warnings: number): string {
  const counted = [count(errors, 'error'), count(warnings, 'warning')].filter((text) => text !== '').join(', ');
  const word = errors === 0 ? 'valid' : 'invalid';
  return `${file}: ${word}${counted === '' ? '' : ` (${counted})`}`;
}

function count(number: number, noun: string): string {
  if (number === 0) return '';
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
