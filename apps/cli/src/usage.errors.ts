import { OrchidError } from '@orchid/kernel';

/** The command cannot be carried out as it was given (`usage`); the message says what to change. */
export class UsageError extends OrchidError {
  constructor(message: string, cause?: unknown) {
    super(message, { code: 'usage', type: 'config', cause });
  }
}
