export { compileCondition, compileExpression } from './compile-expression';
export { ExpressionError, type ExpressionErrorCode, type ExpressionErrorContext } from './expression.errors';
export * from './expression.types';
export { FUNCTION_DOCS, type FunctionDoc } from './functions';
export { compileTemplate } from './templates/compile-template';
export { compileUrlTemplate, type UrlTemplateOptions } from './templates/compile-url-template';
export { compileValue, type CompiledValue, type ValueOptions, type ValuePosition } from './templates/compile-value';
