export * from './authenticator.port';
export * from './create-authenticator';
export * from './header-authenticator';
export * from './identity';
export * from './identity.errors';
