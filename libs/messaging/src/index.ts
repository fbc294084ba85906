export * from './data-message';
export * from './publisher.port';
