import { createAuthenticator, HeaderAuthenticator, type RequestHeaders } from '.';

const TENANT = '0190b1e0-7c00-7000-8000-000000000001';

describe('HeaderAuthenticator', () => {
  const authenticator = new HeaderAuthenticator();

  test('takes tenant and user from the headers', async () => {
    const headers = { 'x-tenant-id': TENANT.toUpperCase(), 'x-user-id': 'ada' };
    await expect(authenticator.authenticate(headers)).resolves.toEqual({
      tenantId: TENANT,
      userId: 'ada',
      roles: ['admin'],
    });
  });

  test.each<[string, RequestHeaders, string]>([
    ['no headers', {}, 'X-Tenant-ID'],
    ['no tenant', { 'x-user-id': 'ada' }, 'X-Tenant-ID'],
    ['an empty tenant', { 'x-tenant-id': '', 'x-user-id': 'ada' }, 'X-Tenant-ID'],
    ['a tenant that is no UUID', { 'x-tenant-id': 'acme', 'x-user-id': 'ada' }, 'X-Tenant-ID'],
    ['two tenants', { 'x-tenant-id': `${TENANT}, ${TENANT}`, 'x-user-id': 'ada' }, 'X-Tenant-ID'],
    ['SQL', { 'x-tenant-id': `${TENANT}'; DROP TABLE plans`, 'x-user-id': 'ada' }, 'X-Tenant-ID'],
    ['no user', { 'x-tenant-id': TENANT }, 'X-User-ID'],
    ['a user of 256 characters', { 'x-tenant-id': TENANT, 'x-user-id': 'a'.repeat(256) }, 'X-User-ID'],
    ['a user with a line feed', { 'x-tenant-id': TENANT, 'x-user-id': 'a\nb' }, 'X-User-ID'],
  ])('refuses %s and names the header', async (_what, headers, header) => {
    await expect(authenticator.authenticate(headers)).rejects.toMatchObject({
      code: 'unauthenticated',
      details: { header },
      message: expect.stringContaining(header),
    });
  });
});

test('an installation that asks for real authentication does not start without it', () => {
  expect(() => createAuthenticator({ enabled: true })).toThrow(/AUTH_ENABLED=true is not available yet/);
  expect(createAuthenticator({ enabled: false })).toBeInstanceOf(HeaderAuthenticator);
});
