export * from './checkpoint-store.port';
export * from './engine-ports';
export * from './execution-input';
export * from './execution-observer.port';
export * from './execution-outcome';
export * from './memory-checkpoint-store';
export { runExecution } from './run-execution';
export * from './limiter-quota';
