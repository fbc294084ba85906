import { OrchidError, type Fault } from '@orchid/kernel';

/** A document that was to be compiled breaks the rules of the language. `faults` lists everything wrong with it. */
export class PlanInvalid extends OrchidError {
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    const [first] = faults;
    const more = faults.length > 1 ? ` (and ${faults.length - 1} more)` : '';
    super(
      `The plan is not valid: ${first === undefined ? 'unknown fault' : `${first.path}: ${first.message}`}${more}`,
      {
        code: 'plan_invalid',
        type: 'config',
        details: { faults: faults.map((fault) => ({ ...fault })) },
      },
    );
    this.faults = faults;
  }
}
