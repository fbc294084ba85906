import type { Authenticator, RequestHeaders } from './authenticator.port';
import type { Identity } from './identity';
import { Unauthenticated } from './identity.errors';

export const TENANT_HEADER = 'X-Tenant-ID';
export const USER_HEADER = 'X-User-ID';

/** Any value that PostgreSQL takes for a uuid: tenants' ids are made elsewhere, not always by RFC 9562. */
const TENANT = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const USER = /^[^\p{Cc}]{1,255}$/u;

/** Believes the headers `X-Tenant-ID` and `X-User-ID` and makes everybody an admin: for development, or behind a gateway that sets them. */
export class HeaderAuthenticator implements Authenticator {
  authenticate(headers: RequestHeaders): Promise<Identity> {
    return new Promise((resolve) => {
      const tenantId = required(headers, TENANT_HEADER, TENANT, 'a UUID');
      const userId = required(headers, USER_HEADER, USER, '1 to 255 characters');
      resolve({ tenantId: tenantId.toLowerCase(), userId, roles: ['admin'] });
    });
  }
}

function required(headers: RequestHeaders, name: string, form: RegExp, accepted: string): string {
  const value = headers[name.toLowerCase()];
  if (value === undefined || value === '') throw new Unauthenticated(`The header ${name} is missing.`, name);
  if (typeof value !== 'string' || !form.test(value)) {
    throw new Unauthenticated(`The header ${name} must be ${accepted}.`, name);
  }
  return value;
}
