export * from './http-client.port';
