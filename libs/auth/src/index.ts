export * from './token-provider.port';
