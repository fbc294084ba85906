import { OrchidError } from '@orchid/kernel';

/** The demonstration cannot go on (`demo_failed`); the message is for the person who started it. */
export class DemoError extends OrchidError {
  constructor(message: string, cause?: unknown) {
    super(message, { code: 'demo_failed', cause });
  }
}

/** Somebody pressed Ctrl-C: not a failure (`interrupted`). */
export class Interrupted extends OrchidError {
  constructor() {
    super('interrupted', { code: 'interrupted' });
  }
}
