import type { JsonValue } from '@orchid/kernel';
import { compileExpression } from '../compile-expression';
import { ExpressionError } from '../expression.errors';
import type { CompileOptions, Expression, ExpressionWarning, Reference, Scope } from '../expression.types';
import { tooCostly } from '../run';
import { toText } from '../values';
import type { Part } from './islands';

const MAX_TEXT = 16_777_216;
const MAX_TEMPLATE = 1_048_576;

/** Refuses a template too long to be one. */
export function checkTemplateLength(source: string): void {
  if (source.length > MAX_TEMPLATE) throw tooCostly(`a template is at most ${MAX_TEMPLATE} characters long`);
}

/** Compiles an island; errors point into the whole template. */
export function compileIsland(
  template: string,
  part: Extract<Part, { kind: 'island' }>,
  options: CompileOptions,
): Expression {
  try {
    return compileExpression(part.source, options);
  } catch (error) {
    throw error instanceof ExpressionError ? error.movedBy(part.start, template) : error;
  }
}

export interface IslandFacts {
  readonly references: readonly Reference[];
  readonly warnings: readonly ExpressionWarning[];
  readonly islands: readonly string[];
}

/** What is known about several expressions, or templates, together. */
export function gather(facts: readonly IslandFacts[]): IslandFacts {
  return {
    references: unique(facts.flatMap(({ references }) => references)),
    warnings: unique(facts.flatMap(({ warnings }) => warnings)),
    islands: facts.flatMap(({ islands }) => islands),
  };
}

export function factsOf(expression: Expression): IslandFacts {
  return { references: expression.references, warnings: expression.warnings, islands: [expression.canonical] };
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}

export type CompiledPart = string | Expression;

/** Literal text and the values of islands as one text, bounded. */
export function renderText(parts: readonly CompiledPart[], scope: Scope): string {
  let text = '';
  for (const part of parts) {
    text += typeof part === 'string' ? part : toText(part.evaluate(scope) satisfies JsonValue);
    if (text.length > MAX_TEXT) throw tooCostly('a template made too long a text');
  }
  return text;
}
