import type { BodyFault } from '../http-client.port';

/** Ends the reading of rows from within; its reader turns it into the `fault` of a page. */
export class UnusableBody extends Error {
  constructor(readonly fault: BodyFault) {
    super(fault.message);
  }
}
