import {
  compileCondition,
  compileExpression,
  compileUrlTemplate,
  compileValue,
  ExpressionError,
  type Condition,
  type Expression,
  type ExpressionWarning,
  type Reference,
  type UrlTemplate,
} from '@orchid/expression';
import { isJsonObject, type JsonValue } from '@orchid/kernel';
import type { CompiledValue, NamedExpression } from '../compiled-plan';
import { knownFields } from '../document/nearest-name';
import { below } from '../json-path';
import type { Compilation } from './compilation';
import { conditionWarnings } from './condition-warnings';

type ValuePosition = 'header' | 'param' | 'body';

interface Leaf {
  readonly path: string;
  readonly value: string | { expr: string };
}

interface Compiled {
  readonly references: readonly Reference[];
  readonly islands?: readonly string[];
  readonly warnings?: readonly ExpressionWarning[];
}

type Named = Readonly<Record<string, string>> | undefined;

const LONGEST_TEMPLATE = 131_072;
const MOST_EXPRESSIONS = 10_000;

const NOTHING = { source: '', canonical: '', references: [], warnings: [] } as const;
/** Stand-ins for what does not compile: the plan is thrown away, but its other faults are still looked for. */
const BROKEN_EXPRESSION: Expression = { ...NOTHING, evaluate: () => null };
const BROKEN_CONDITION: Condition = { ...NOTHING, test: () => null };
const BROKEN_VALUE: CompiledValue = { references: [], render: () => null };
const BROKEN_URL: UrlTemplate = { ...NOTHING, islands: [], single: false, placeholders: [], render: () => '' };

/**
 * Compiles the expressions and templates of one part of a document: turns errors into faults with their path, collects
 * warnings and canonical forms, and remembers what was read.
 */
export class ExpressionReader {
  private readonly read: Reference[] = [];

  constructor(private readonly compilation: Compilation) {}

  /** Whether anything compiled so far reads this root. */
  reads(root: string): boolean {
    return this.read.some((reference) => reference.root === root);
  }

  expression(path: string, source: string, roots?: readonly string[]): Expression {
    const compiled = this.attempt(path, () => compileExpression(source, roots === undefined ? {} : { roots }));
    if (compiled === null) return BROKEN_EXPRESSION;
    this.note(path, source, { ...compiled, islands: [compiled.canonical] });
    return compiled;
  }

  condition(path: string, source: string, roots?: readonly string[]): Condition {
    const compiled = this.attempt(path, () => compileCondition(source, roots === undefined ? {} : { roots }));
    if (compiled === null) return BROKEN_CONDITION;
    const warnings = [...compiled.warnings, ...conditionWarnings(path, compiled)];
    this.note(path, source, { ...compiled, warnings, islands: [compiled.canonical] });
    return compiled;
  }

  optionalExpression(path: string, source: string | undefined): Expression | null {
    return source === undefined ? null : this.expression(path, source);
  }

  optionalCondition(path: string, source: string | undefined): Condition | null {
    return source === undefined ? null : this.condition(path, source);
  }

  named(path: string, sources: Named): NamedExpression[] {
    return Object.entries(sources ?? {}).map(([name, source]) => ({
      name,
      expression: this.expression(below(path, name), source),
    }));
  }

  url(path: string, source: string, params: readonly string[]): UrlTemplate {
    const compiled = this.attempt(path, () => compileUrlTemplate(source, { params }));
    if (compiled === null) return BROKEN_URL;
    this.note(path, source, compiled);
    return compiled;
  }

  /** A header, a param or a body. Every broken template in it becomes a fault of its own. */
  value(path: string, value: JsonValue, position: ValuePosition): CompiledValue {
    const leaves = leavesOf(path, value, position);
    const sound = leaves.map((leaf) => this.leaf(leaf, position)).every(Boolean);
    return (sound ? this.attempt(path, () => compileValue(value, { position })) : null) ?? BROKEN_VALUE;
  }

  private leaf({ path, value }: Leaf, position: ValuePosition): boolean {
    if (typeof value === 'string' && value.length > LONGEST_TEMPLATE) {
      const message = `A template is at most ${LONGEST_TEMPLATE} characters long.`;
      this.compilation.findings.fault(path, 'too_long', message, 'Divide it, or take the text from the config.');
      return false;
    }
    const compiled = this.attempt(path, () => compileValue(value, { position }));
    if (compiled !== null) this.note(path, typeof value === 'string' ? value : value.expr, compiled);
    return compiled !== null;
  }

  private attempt<T>(path: string, compile: () => T): T | null {
    const { findings } = this.compilation;
    if (findings.full || findings.canonical.length > MOST_EXPRESSIONS) return this.giveUp();
    try {
      return compile();
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      this.fault(path, error);
      return null;
    }
  }

  /** What it costs to check a document has a bound too. */
  private giveUp(): null {
    const message = `The plan has more than ${MOST_EXPRESSIONS} expressions.`;
    this.compilation.findings.fault('$', 'too_many_expressions', message, 'Divide it into several plans.');
    return null;
  }

  private fault(path: string, error: ExpressionError): void {
    const { offset } = error.details;
    const where = typeof offset === 'number' ? ` at character ${offset + 1}` : '';
    this.compilation.findings.fault(path, error.code, error.message, error.hint ?? `Correct the expression${where}.`);
  }

  private note(path: string, source: string, compiled: Compiled): void {
    const { findings } = this.compilation;
    this.read.push(...compiled.references);
    for (const canonical of compiled.islands ?? []) findings.canonical.push({ path, source, canonical });
    for (const { code, message, hint } of compiled.warnings ?? []) {
      findings.warn(path, code, message, hint ?? 'Check that this is what is meant.');
    }
    this.checkConfigFields(path, compiled.references);
  }

  private checkConfigFields(path: string, references: readonly Reference[]): void {
    const { configFields, findings } = this.compilation;
    if (configFields === null) return;
    for (const { root, field } of references) {
      if (root !== 'config' || field === null || configFields.has(field)) continue;
      const message = `The config of the integration has no field ${field}.`;
      findings.warn(path, 'unknown_config_field', message, knownFields(field, configFields));
    }
  }
}

/** The texts in a value that may hold templates, each with its path, and the objects that stand for an expression. */
function leavesOf(path: string, value: JsonValue, position: ValuePosition): Leaf[] {
  if (typeof value === 'string') return [{ path, value }];
  if (Array.isArray(value)) return value.flatMap((each, index) => leavesOf(below(path, index), each, position));
  if (!isJsonObject(value)) return [];
  const { expr } = value;
  // In a body `{"expr": ...}` is data like any other.
  if (position !== 'body' && typeof expr === 'string') return [{ path, value: { expr } }];
  return Object.entries(value).flatMap(([name, each]) => leavesOf(below(path, name), each, position));
}
