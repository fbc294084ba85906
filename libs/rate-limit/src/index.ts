export * from './demands';
export * from './learn-from';
export * from './limiter.errors';
export * from './memory-rate-limiter';
export * from './rate-limiter.port';
export * from './retry-after';
