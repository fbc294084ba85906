import { type JsonValue, OrchidError } from '@orchid/kernel';

export type ExpressionErrorCode =
  | 'expression_syntax'
  | 'unknown_root'
  | 'whole_scope'
  | 'unknown_function'
  | 'unknown_variable'
  | 'function_arity'
  | 'expression_error'
  | 'condition_not_boolean'
  | 'not_comparable'
  | 'too_many_items'
  | 'expression_too_costly'
  | 'missing_path_value'
  | 'bad_path_value'
  | 'bad_host_value'
  | 'bad_url';

export interface ExpressionErrorContext {
  /** The expression or template as its author wrote it. */
  readonly expression?: string;
  /** Where in the author's text, counted in UTF-16 units from 0. */
  readonly offset?: number;
  /** Where inside a value with templates: `.filter.ids[0]`. */
  readonly path?: string;
  readonly hint?: string;
  readonly cause?: unknown;
}

/** An expression or template that cannot be compiled or evaluated. `details` holds `expression`, `offset`, `path` and `hint` where known; never data. */
export class ExpressionError extends OrchidError {
  readonly hint: string | null;
  private readonly context: ExpressionErrorContext;
  private readonly plainMessage: string;

  constructor(code: ExpressionErrorCode, message: string, context: ExpressionErrorContext = {}) {
    const { cause, ...facts } = context;
    const named = facts.expression === undefined ? message : `${message} in \`${shorten(facts.expression)}\``;
    const text = facts.hint === undefined ? named : `${named} (${facts.hint})`;
    super(text, { code, details: toDetails(facts), ...(cause === undefined ? {} : { cause }) });
    this.hint = facts.hint ?? null;
    this.context = context;
    this.plainMessage = message;
  }

  /** The same error with more known about where it happened; what is known already stays. */
  within(context: ExpressionErrorContext): ExpressionError {
    return new ExpressionError(this.code as ExpressionErrorCode, this.plainMessage, { ...context, ...this.context });
  }

  /** The same error seen from a longer text, in which the expression begins at `start`. */
  movedBy(start: number, expression: string): ExpressionError {
    const offset = (this.context.offset ?? 0) + start;
    return new ExpressionError(this.code as ExpressionErrorCode, this.plainMessage, {
      ...this.context,
      offset,
      expression,
    });
  }
}

const LONGEST_QUOTE = 200;

function shorten(text: string): string {
  return text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}...` : text;
}

function toDetails(facts: Readonly<Record<string, string | number>>): Record<string, JsonValue> {
  const details: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(facts)) {
    details[name] = typeof value === 'string' ? shorten(value) : value;
  }
  return details;
}
