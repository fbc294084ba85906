import type { DecodedBody } from '../decode/decoded-body';

import { UnusableBody } from './unusable-body';

/** How a format's rows are told apart, and what they are. `Raw` is a row as cheap to pass over as can be. */
export interface RowFormat<Raw> {
  /** The rows of a body, in batches as they arrive. Throws `UnusableBody` for one that outgrows `maxBytes` by itself. */
  split(texts: AsyncIterable<string>, maxBytes: number): AsyncIterable<readonly Raw[]>;
  /** Bytes of a row. */
  sizeOf(row: Raw): number;
  /** Rows as a body; `first` is the number of the first of them, from 1. */
  decode(rows: readonly Raw[], first: number): DecodedBody;
}

export function pageTooLarge(maxBytes: number): UnusableBody {
  const message = `A page of rows is larger than ${maxBytes} bytes once decoded.`;
  return new UnusableBody({ code: 'response_too_large', message });
}
