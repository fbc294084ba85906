import { OrchidError } from '@orchid/kernel';

/** A service that is needed is not there and cannot be had here; the message says what to install. */
export class StackIncomplete extends OrchidError {
  constructor(message: string) {
    super(message, { code: 'stack_incomplete' });
  }
}

/** A server was found but did not come up. */
export class ServiceFailed extends OrchidError {
  constructor(message: string, cause?: unknown) {
    super(message, { code: 'stack_service_failed', cause });
  }
}
