import {
  compileCondition,
  compileExpression,
  compileTemplate,
  compileUrlTemplate,
  compileValue,
  ExpressionError,
  type Condition,
  type Expression,
  type Template,
  type UrlTemplate,
} from '@orchid/expression';
import { isJsonObject, type Fault, type JsonValue } from '@orchid/kernel';
import type { NamedExpression } from '@orchid/plan';
import { AUTH_ROOTS, type Rendered } from './compiled-auth-flow';

const NOTHING = { source: '', canonical: '', references: [], warnings: [], islands: [], single: false } as const;
/** Stand-ins for what does not compile: the flow is thrown away, but its other faults are still looked for. */
const BROKEN_EXPRESSION: Expression = { ...NOTHING, evaluate: () => null };
const BROKEN_CONDITION: Condition = { ...NOTHING, test: () => null };
const BROKEN_TEMPLATE: Template = { ...NOTHING, render: () => null };
const BROKEN_URL: UrlTemplate = { ...NOTHING, placeholders: [], render: () => '' };

const roots = AUTH_ROOTS;

/** Compiles the expressions and templates of one flow and turns what does not compile into faults. */
export class FlowReader {
  readonly faults: Fault[] = [];

  fault(path: string, code: string, message: string, hint: string): void {
    this.faults.push({ path, code, message, hint });
  }

  expression(path: string, source: string): Expression {
    return this.attempt(path, () => compileExpression(source, { roots })) ?? BROKEN_EXPRESSION;
  }

  condition(path: string, source: string): Condition {
    return this.attempt(path, () => compileCondition(source, { roots })) ?? BROKEN_CONDITION;
  }

  template(path: string, source: string): Template {
    return this.attempt(path, () => compileTemplate(source, { roots })) ?? BROKEN_TEMPLATE;
  }

  url(path: string, source: string, params: readonly string[]): UrlTemplate {
    return this.attempt(path, () => compileUrlTemplate(source, { roots, params })) ?? BROKEN_URL;
  }

  value(path: string, value: JsonValue, position: 'header' | 'param' | 'body'): Rendered {
    return this.attempt(path, () => compileValue(value, { roots, position })) ?? BROKEN_TEMPLATE;
  }

  values(path: string, values: JsonValue | undefined, position: 'header' | 'param'): Map<string, Rendered> {
    const entries = isJsonObject(values) ? Object.entries(values) : [];
    return new Map(entries.map(([name, value]) => [name, this.value(`${path}.${name}`, value, position)]));
  }

  named(path: string, sources: Readonly<Record<string, string>> | undefined): NamedExpression[] {
    return Object.entries(sources ?? {}).map(([name, source]) => ({
      name,
      expression: this.expression(`${path}.${name}`, source),
    }));
  }

  private attempt<T>(path: string, compile: () => T): T | null {
    try {
      return compile();
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      const inner = typeof error.details.path === 'string' ? error.details.path : '';
      this.fault(`${path}${inner}`, error.code, error.message, error.hint ?? 'Correct the expression.');
      return null;
    }
  }
}
