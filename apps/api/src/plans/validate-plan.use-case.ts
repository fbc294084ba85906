import { Injectable } from '@nestjs/common';
import type { Fault } from '@orchid/kernel';
import { parsePlanText, type CanonicalExpression } from '@orchid/plan';
import { BadRequest } from '../http/request.errors';
import type { Scope } from '../http/tenant-door';
import { CheckPlan } from './check-plan';

export interface ValidationAnswer {
  readonly valid: boolean;
  readonly errors: readonly Fault[];
  readonly warnings: readonly Fault[];
  readonly canonical: readonly CanonicalExpression[];
}

/** Judges a document by itself. What the tenant lacks to store it is a warning: it may still be added. */
@Injectable()
export class ValidatePlan {
  constructor(private readonly check: CheckPlan) {}

  /** Throws `BadRequest` for a text that is not JSON at all. */
  async execute({ work }: Scope, text: string): Promise<ValidationAnswer> {
    const parsed = parsePlanText(text);
    if (!parsed.ok) {
      const [first] = parsed.faults;
      if (first?.code === 'invalid_json') throw new BadRequest('invalid_json', first.message, parsed.faults);
      return { valid: false, errors: parsed.faults, warnings: [], canonical: [] };
    }
    const { validation, missing } = await this.check.inspect(work, parsed.value);
    const warnings = [...validation.warnings, ...missing];
    if (!validation.ok) return { valid: false, errors: validation.faults, warnings, canonical: [] };
    return { valid: true, errors: [], warnings, canonical: validation.canonical };
  }
}
