import { OrchidError } from '@orchid/kernel';

/** The caller did not say who they are, or not in the accepted form. `header` names what to send. */
export class Unauthenticated extends OrchidError {
  constructor(message: string, header: string) {
    super(message, { code: 'unauthenticated', type: 'auth', details: { header } });
  }
}

/** The settings ask for a way to authenticate that this version does not have. */
export class AuthenticationUnavailable extends OrchidError {
  constructor(message: string) {
    super(message, { code: 'authentication_unavailable', type: 'config' });
  }
}
