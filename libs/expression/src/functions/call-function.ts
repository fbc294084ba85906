import type { Evaluate } from '../evaluate';
import { ExpressionError } from '../expression.errors';
import { tooCostly } from '../run';
import { isNumeric, textCost, typeOf } from '../values';
import type { Argument, FunctionDefinition, Kind, Parameter } from './function-definition';

/** Turns a call into a closure that evaluates, checks and passes its arguments. */
export function compileCall(
  definition: FunctionDefinition,
  args: readonly (Evaluate | { reference: Evaluate })[],
): Evaluate {
  const kinds = args.map((_, index) => kindOf(definition, index));
  const { call, name, takesNull } = definition;
  return (current, run) => {
    run.spend(1);
    const values: Argument[] = [];
    for (let at = 0; at < args.length; at += 1) {
      const arg = args[at];
      const value = typeof arg === 'function' ? arg(current, run) : (arg?.reference ?? null);
      if (value === null && !takesNull) return null;
      const kind = kinds[at] ?? 'any';
      if (!matches(kind, value)) throw wrongType(name, at, kind, value);
      if (typeof value === 'string') run.spend(textCost(value));
      values.push(value);
    }
    return guarded(() => call(values, run), name);
  };
}

function guarded<T>(work: () => T, name: string): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof ExpressionError) throw error;
    if (error instanceof RangeError) throw tooCostly(`${name}() ran out of room`);
    throw new ExpressionError('expression_error', `${name}() failed`, { cause: error });
  }
}

/** Checks the number and nature of arguments. Null when they are acceptable, else what is wrong. */
export function arityFault(definition: FunctionDefinition, count: number): string | null {
  const { parameters, variadic, name } = definition;
  const required = parameters.filter((parameter) => !parameter.endsWith('?')).length;
  if (count >= required && (variadic || count <= parameters.length)) return null;
  return `${name}() takes ${definition.signature}, not ${count} ${count === 1 ? 'argument' : 'arguments'}`;
}

/** What the argument at `index` must be. */
export function kindOf(definition: FunctionDefinition, index: number): Kind {
  const { parameters } = definition;
  return stripOptional(parameters[Math.min(index, parameters.length - 1)] ?? 'any');
}

function stripOptional(parameter: Parameter): Kind {
  return (parameter.endsWith('?') ? parameter.slice(0, -1) : parameter) as Kind;
}

function matches(kind: Kind, value: Argument): boolean {
  switch (kind) {
    case 'any':
      return typeof value !== 'function';
    case 'text':
      return typeof value === 'string';
    case 'number':
      return isNumeric(value);
    case 'boolean':
      return typeof value === 'boolean';
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isObject(value);
    case 'expression':
      return typeof value === 'function';
    case 'text or array':
      return typeof value === 'string' || Array.isArray(value);
    case 'text or number':
      return typeof value === 'string' || isNumeric(value);
    case 'text, array or object':
      return typeof value === 'string' || (typeof value === 'object' && value !== null);
    case 'array or object':
      return typeof value === 'object' && value !== null;
  }
}

function isObject(value: Argument): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wrongType(name: string, at: number, kind: Kind, value: Argument): ExpressionError {
  const actual = typeof value === 'function' ? 'expression' : typeOf(value);
  const message = `${name}() needs ${kind} as argument ${at + 1}, not ${actual === 'string' ? 'text' : actual}`;
  return new ExpressionError('expression_error', message);
}
