export * from './demands';
export * from './learn-from';
export * from './limiter.errors';
export * from './memory-rate-limiter';
export * from './rate-limiter.port';
export * from './redis-rate-limiter';
export * from './retry-after';
