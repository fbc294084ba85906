import { OrchidError, type Fault } from '@orchid/kernel';

/** The document is JSON but breaks rules: 422 with all of them. */
export class InvalidDocument extends OrchidError {
  constructor(readonly faults: readonly Fault[]) {
    const more = faults.length > 1 ? ` The document has ${faults.length} faults.` : '';
    super(`${faults[0]?.message ?? 'The document is not valid.'}${more}`, { code: 'invalid_document' });
  }
}

export type BadRequestCode =
  | 'invalid_json'
  | 'invalid_encoding'
  | 'invalid_query'
  | 'invalid_header'
  | 'body_too_large'
  | 'body_interrupted'
  | 'unsupported_media_type'
  | 'required';

/** The request cannot be understood; `faults` say what is wrong with it. */
export class BadRequest extends OrchidError {
  readonly faults: readonly Fault[];

  constructor(code: BadRequestCode, message: string, faults: readonly Fault[] = []) {
    super(message, { code });
    this.faults = faults;
  }
}
