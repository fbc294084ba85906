export * from './database/seed-plan';
export * from './database/test-database';
export * from './stack/stack-env';
export * from './stub-api/stub-api';
export * from './stub-api/stub-api.types';
export { contactId, numberOf, userId } from './stub-api/stub-data';
