import type { Condition, Expression, Reference, UrlTemplate } from '@orchid/expression';
import type { Scope as ExpressionScope } from '@orchid/expression';
import type { BodyFormat, CsvOptions, Method, ResponseFormat } from '@orchid/http-client';
import type { JsonValue } from '@orchid/kernel';
import type { BackoffType, PlanDocument, RateLimitDocument } from './plan-document';

/** A plan ready to run: every expression parsed, every default applied. Immutable and shareable between executions. */
export interface CompiledPlan {
  readonly document: PlanDocument;
  readonly root: CompiledStep;
  readonly limits: readonly CompiledLimit[];
  readonly maxExecutionMs: number;
  readonly maxLoops: number;
  readonly maxRequestBytes: number;
  readonly allowedOrigins: readonly string[];
}

/** A status list and a condition that decide the same thing; the list is asked first. */
export interface StatusRule {
  readonly on: ReadonlySet<number>;
  readonly when: Condition | null;
}

export interface RetryPolicy {
  readonly maxRetries: number;
  readonly backoff: BackoffType;
  readonly initialDelayMs: number;
  readonly maxDelayMs: number;
}

/** Any JSON value with templates and `{expr}` objects in it, rendered as a whole. */
export interface CompiledValue {
  readonly references: readonly Reference[];
  render(scope: ExpressionScope): JsonValue;
}

export interface CompiledRequest {
  readonly method: Method;
  readonly url: UrlTemplate;
  /** By name as written. A value renders to text, a list of texts, or null (left out). */
  readonly headers: ReadonlyMap<string, CompiledValue>;
  readonly params: ReadonlyMap<string, CompiledValue>;
  /** Renders with the null rule of members applied; null when the step has no body. */
  readonly body: CompiledValue | null;
  readonly bodyFormat: BodyFormat;
  readonly timeoutMs: number;
  readonly stepTimeoutMs: number;
  readonly retry: RetryPolicy;
  readonly responseFormat: ResponseFormat;
  readonly csv: CsvOptions | null;
  readonly maxResponseBytes: number | null;
  /** Files to unpack before decoding, outermost first. */
  readonly decompress?: readonly ('gzip' | 'zip')[];
  /** Paths of an XML body that are always lists. */
  readonly forceArray?: readonly string[];
  /** Rows of a streamed ndjson or CSV body that make one page. */
  readonly rowsPerPage?: number | null;
}

export interface NamedExpression {
  readonly name: string;
  readonly expression: Expression;
}

export interface ContextUpdate extends NamedExpression {
  /** Set on sub-steps, which write through a reducer only. */
  readonly reduce: 'max' | 'min' | 'last' | null;
  readonly key: Expression | null;
}

/** Which flow fills `auth` at a step. `inherit` keeps the enclosing step's choice; `only` is the integration's single flow. */
export type AuthChoice =
  | { readonly kind: 'inherit' }
  | { readonly kind: 'none' }
  | { readonly kind: 'only' }
  | { readonly kind: 'name'; readonly flow: string }
  | { readonly kind: 'id'; readonly flowId: string }
  | { readonly kind: 'choose'; readonly cases: readonly { readonly when: Condition; readonly flow: string }[] };

export interface CompiledStep {
  readonly id: string;
  /** `root`, then `.` and the id of each sub-step on the way. */
  readonly path: string;
  /** JSONPath of the step in the document, for error messages: `$.step.sub_steps[0]`. */
  readonly documentPath: string;
  /** 0 for the root. */
  readonly depth: number;
  /** Null: the step sends nothing. */
  readonly request: CompiledRequest | null;
  readonly auth: AuthChoice;
  /** Some template of this step reads `auth`. */
  readonly readsAuth: boolean;
  readonly rules: {
    readonly abort: StatusRule;
    readonly ignore: StatusRule;
    readonly accept: StatusRule;
    readonly retry: StatusRule;
    readonly fail: StatusRule;
  };
  readonly poll: { readonly until: Condition; readonly everyMs: number; readonly maxMs: number } | null;
  readonly init: readonly NamedExpression[];
  readonly while: Condition | null;
  readonly breakWhen: Condition | null;
  readonly nextUrl: Expression | null;
  readonly vars: readonly NamedExpression[];
  readonly contextUpdates: readonly ContextUpdate[];
  readonly extract: readonly NamedExpression[];
  /** The list this step's own `sub_steps` run over: the root's (or a step without url's) own `iterate_over`, or the one its sub-steps share. */
  readonly items: Expression | null;
  /** Run once per item, in order; empty without `items`. */
  readonly itemSteps: readonly CompiledStep[];
  /** Run once per response (or per enclosing item), in order: sub-steps without `iterate_over`. */
  readonly plainSteps: readonly CompiledStep[];
  /** Of the fan-out over {@link items}, wherever its author wrote it; so are the next two. */
  readonly concurrency: number;
  readonly stopOnError: boolean;
  readonly emitMode: 'record' | 'page';
  readonly attach: boolean;
  readonly emit: boolean;
}

export interface CompiledLimit {
  readonly document: RateLimitDocument;
  readonly name: string;
  readonly scope: 'global' | 'per_config' | 'per_endpoint';
  /** Whether a request of this method, path as sent and step id falls under the limit. */
  matches(request: { readonly method: string; readonly path: string; readonly stepId: string }): boolean;
  readonly requests: Expression | number | null;
  readonly windowSecs: Expression | number | null;
  readonly maxConcurrent: Expression | number | null;
  readonly priority: number;
  readonly maxWaitMs: number;
  readonly onExceeded: 'park' | 'fail';
  readonly dynamic: {
    readonly limit: Expression | null;
    readonly remaining: Expression | null;
    readonly reset: Expression | null;
    readonly retryAfter: Expression | null;
    readonly resetFormat: 'auto' | 'epoch_s' | 'epoch_ms' | 'delta_s' | 'http_date' | 'iso';
  } | null;
}
