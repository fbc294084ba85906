export * from './expression.types';
