import type { JsonObject, JsonValue } from '@orchid/kernel';
import { compileNode } from './compile-node';
import { readDialect } from './dialect';
import type { Evaluate } from './evaluate';
import { ExpressionError } from './expression.errors';
import { type CompileOptions, type Condition, type Expression, PLAN_ROOTS, type Scope } from './expression.types';
import { parsePieces } from './grammar';
import { buildsValues } from './output';
import { canonicalText } from './piece';
import { Resolver } from './resolve';
import { Run, tooCostly } from './run';
import { typeOf } from './values';

/** Compiles an expression of the dialect. Throws `ExpressionError` with the offset in `source`. */
export function compileExpression(source: string, options: CompileOptions = {}): Expression {
  return compile(source, options, false);
}

/** Compiles a condition: an expression that must evaluate to true, false or null. */
export function compileCondition(source: string, options: CompileOptions = {}): Condition {
  const expression = compile(source, options, true);
  const { canonical, references, warnings } = expression;
  return {
    source,
    canonical,
    references,
    warnings,
    test: (scope) => {
      const value = expression.evaluate(scope);
      if (value === null || typeof value === 'boolean') return value;
      throw notBoolean(source, value);
    },
  };
}

function compile(source: string, options: CompileOptions, strict: boolean): Expression {
  return naming(source, () => {
    const pieces = readDialect(source);
    const tree = parsePieces(pieces);
    const { node, references, warnings } = new Resolver(pieces, options.roots ?? PLAN_ROOTS).run(tree, strict);
    const run = compileNode(node);
    const clock = options.now ?? Date.now;
    const measured = buildsValues(node);
    return {
      source,
      canonical: canonicalText(source, pieces),
      references,
      warnings,
      evaluate: (scope) => evaluate({ source, run, clock, measured }, scope),
    };
  });
}

interface Program {
  readonly source: string;
  readonly run: Evaluate;
  readonly clock: () => number;
  /** The result may be larger than the data it came from and is measured. */
  readonly measured: boolean;
}

function evaluate(program: Program, scope: Scope): JsonValue {
  try {
    const run = new Run(scope, program.clock);
    const value = program.run(scope as JsonObject, run);
    if (program.measured) run.measure(value);
    return value;
  } catch (error) {
    throw named(program.source, error);
  }
}

function naming<T>(source: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw named(source, error);
  }
}

function named(source: string, error: unknown): unknown {
  if (error instanceof ExpressionError) return error.within({ expression: source });
  if (error instanceof RangeError) return tooCostly('nested too deep').within({ expression: source, cause: error });
  return error;
}

function notBoolean(source: string, value: JsonValue): ExpressionError {
  const type = typeOf(value);
  return new ExpressionError('condition_not_boolean', `a condition must be true, false or null, not ${type}`, {
    expression: source,
    hint: 'write `!= null` to ask whether a value is there',
  });
}
