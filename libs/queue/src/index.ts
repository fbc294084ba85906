export * from './execution-queue';
export * from './execution-ref';
export * from './execution-worker';
export * from './queue.errors';
export type { QueueSettings } from './queue-settings';
export * from './redis-connection';
