import type { Authenticator } from './authenticator.port';
import { HeaderAuthenticator } from './header-authenticator';
import { AuthenticationUnavailable } from './identity.errors';

export interface AuthenticationSettings {
  /** `AUTH_ENABLED` */
  readonly enabled: boolean;
}

/** The authenticator that the settings ask for. Throws `AuthenticationUnavailable`. */
export function createAuthenticator(settings: AuthenticationSettings): Authenticator {
  if (!settings.enabled) return new HeaderAuthenticator();
  throw new AuthenticationUnavailable(
    'AUTH_ENABLED=true is not available yet: this version has neither OpenID Connect nor API keys. ' +
      'Set AUTH_ENABLED=false and let a gateway that authenticates set the headers X-Tenant-ID and X-User-ID.',
  );
}
