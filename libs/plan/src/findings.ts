import type { Fault } from '@orchid/kernel';
import { isWithin } from './json-path';

/** How one expression or template island of a plan was understood. */
export interface CanonicalExpression {
  readonly path: string;
  readonly source: string;
  readonly canonical: string;
}

/** More than this helps nobody, and a hostile document could have a million. */
const MOST_FINDINGS = 500;

/** What was found in one document while it was read. One place says one thing once. */
export class Findings {
  readonly faults: Fault[] = [];
  readonly warnings: Fault[] = [];
  readonly canonical: CanonicalExpression[] = [];
  private readonly seen = new Set<string>();

  fault(path: string, code: string, message: string, hint: string): void {
    this.add(this.faults, { path, code, message, hint });
  }

  warn(path: string, code: string, message: string, hint: string): void {
    this.add(this.warnings, { path, code, message, hint });
  }

  /** Whether something at `path` or around it is already known to be wrong. */
  isBroken(path: string): boolean {
    return this.faults.some((fault) => isWithin(path, fault.path));
  }

  get full(): boolean {
    return this.faults.length >= MOST_FINDINGS;
  }

  private add(list: Fault[], finding: Fault): void {
    const identity = `${finding.code} ${finding.path}`;
    if (list.length >= MOST_FINDINGS || this.seen.has(identity)) return;
    this.seen.add(identity);
    list.push(finding);
  }
}
