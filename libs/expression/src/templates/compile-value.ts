import { isJsonObject, type JsonObject, type JsonValue } from '@orchid/kernel';
import { compileExpression } from '../compile-expression';
import { ExpressionError } from '../expression.errors';
import type { CompileOptions, Scope } from '../expression.types';
import { tooCostly } from '../run';
import { setMember } from '../values';
import { compileTemplate } from './compile-template';
import { factsOf, gather, type IslandFacts } from './compiled-parts';

/** Where a value stands: `{"expr": "..."}` is an expression in a param or header and plain data in a body; members that evaluate to null are left out of a body. */
export type ValuePosition = 'body' | 'param' | 'header';

export interface ValueOptions extends CompileOptions {
  readonly position: ValuePosition;
}

/** A JSON value with templates in its texts, compiled. */
export interface CompiledValue extends IslandFacts {
  readonly render: (scope: Scope) => JsonValue;
}

interface Compiled extends CompiledValue {
  /** A lone island: as a member of a body it is left out when it evaluates to null. */
  readonly single: boolean;
}

const MAX_DEPTH = 64;
const NO_FACTS: IslandFacts = { references: [], warnings: [], islands: [] };

/** Compiles every template in a JSON value, at any depth. Throws `ExpressionError` with `details.path` inside the value. */
export function compileValue(value: JsonValue, options: ValueOptions): CompiledValue {
  const { references, warnings, islands, render } = compileAt(value, options, []);
  return { references, warnings, islands, render };
}

type Path = readonly (string | number)[];

function compileAt(value: JsonValue, options: ValueOptions, path: Path): Compiled {
  if (path.length > MAX_DEPTH) throw tooCostly(`nested deeper than ${MAX_DEPTH} levels`);
  if (typeof value === 'string') return located(path, () => compileText(value, options));
  if (Array.isArray(value)) return compileList(value, options, path);
  if (!isJsonObject(value)) return constant(value);
  const expression = options.position === 'body' ? null : bareExpression(value);
  return expression === null
    ? compileObject(value, options, path)
    : located(path, () => compileBare(expression, options));
}

function constant(value: JsonValue): Compiled {
  return { ...NO_FACTS, single: false, render: () => value };
}

function compileText(source: string, options: ValueOptions): Compiled {
  const template = compileTemplate(source, options);
  if (template.islands.length === 0) return constant(template.render({}));
  const { references, warnings, islands, single } = template;
  return { references, warnings, islands, single, render: (scope) => template.render(scope) };
}

function compileBare(source: string, options: ValueOptions): Compiled {
  const expression = compileExpression(source, options);
  return { ...factsOf(expression), single: true, render: (scope) => expression.evaluate(scope) };
}

function bareExpression(value: JsonObject): string | null {
  return typeof value.expr === 'string' && Object.keys(value).length === 1 ? value.expr : null;
}

function compileList(values: readonly JsonValue[], options: ValueOptions, path: Path): Compiled {
  const elements = values.map((value, index) => compileAt(value, options, [...path, index]));
  const render = (scope: Scope): JsonValue => elements.map((element) => element.render(scope));
  return { ...gather(elements), single: false, render };
}

function compileObject(value: JsonObject, options: ValueOptions, path: Path): Compiled {
  const members = Object.entries(value).map(([name, each]) => ({
    name,
    value: compileAt(each, options, [...path, name]),
  }));
  const leavesOut = options.position === 'body';
  const render = (scope: Scope): JsonValue => {
    const object: JsonObject = {};
    for (const member of members) {
      const rendered = member.value.render(scope);
      if (rendered === null && leavesOut && member.value.single) continue;
      setMember(object, member.name, rendered);
    }
    return object;
  };
  return { ...gather(members.map((member) => member.value)), single: false, render };
}

function located<T>(path: Path, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ExpressionError) || path.length === 0) throw error;
    throw error.within({ path: path.map(step).join('') });
  }
}

const PLAIN = /^[A-Za-z_][A-Za-z0-9_]*$/;

function step(part: string | number): string {
  if (typeof part === 'number') return `[${part}]`;
  return PLAIN.test(part) ? `.${part}` : `[${JSON.stringify(part)}]`;
}
