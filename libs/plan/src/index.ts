export * from './compiled-plan';
export * from './plan-document';
