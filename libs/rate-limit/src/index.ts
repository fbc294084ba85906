export * from './rate-limiter.port';
