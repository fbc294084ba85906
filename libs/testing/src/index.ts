export * from './stack/stack-env';
