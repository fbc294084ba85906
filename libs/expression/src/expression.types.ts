import type { JsonValue } from '@orchid/kernel';

/** The closed set of names an expression of a plan may start from. */
export const PLAN_ROOTS = [
  'config',
  'auth',
  'context',
  'vars',
  'response',
  'prev',
  'parent',
  'item',
  'item_index',
  'meta',
] as const;
export type Root = (typeof PLAN_ROOTS)[number];

/** The data expressions read, by root. An absent root reads as null. */
export type Scope = Readonly<Record<string, JsonValue | undefined>>;

/** A path an expression starts with: `config.api_key` is `{root: 'config', field: 'api_key'}`; `field` is null when the whole root, or a computed member, is read. */
export interface Reference {
  readonly root: string;
  readonly field: string | null;
}

export interface CompileOptions {
  /** The allowed roots; {@link PLAN_ROOTS} by default. */
  readonly roots?: readonly string[];
  /** Source of `now()` in milliseconds, for tests and for one time per evaluation. `Date.now` by default. */
  readonly now?: () => number;
}

export interface Expression {
  /** As the author wrote it. */
  readonly source: string;
  /** The JMESPath text the dialect rewrote it to. */
  readonly canonical: string;
  readonly references: readonly Reference[];
  /** Hints for the author: code that is legal but probably not meant. */
  readonly warnings: readonly ExpressionWarning[];
  /** Throws `ExpressionError` (`expression_error`, `expression_too_costly`, `too_many_items`, ...). Never throws for a missing field: that is null. */
  evaluate(scope: Scope): JsonValue;
}

export interface ExpressionWarning {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

export interface Condition extends Omit<Expression, 'evaluate'> {
  /** True, false, or null (neither). Any other value throws `ExpressionError` `condition_not_boolean`. */
  test(scope: Scope): boolean | null;
}

/** Text with islands, compiled. */
export interface Template {
  readonly source: string;
  readonly references: readonly Reference[];
  readonly warnings: readonly ExpressionWarning[];
  /** The canonical form of each island, in order of appearance. */
  readonly islands: readonly string[];
  /** The whole string is one island: {@link render} keeps the value's type. */
  readonly single: boolean;
  render(scope: Scope): JsonValue;
}

/** The `url` of a step. Rendering follows the rules for hosts, path segments and queries. */
export interface UrlTemplate extends Omit<Template, 'render'> {
  /** One-word placeholders such as `{user_id}`, in order of appearance. */
  readonly placeholders: readonly string[];
  /** `params` are the rendered params, by name; those used in the path are not repeated in the query. */
  render(scope: Scope, params: Readonly<Record<string, JsonValue>>): string;
}
