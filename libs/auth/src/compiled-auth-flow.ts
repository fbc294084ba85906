import type { Condition, Expression, Scope, Template, UrlTemplate } from '@orchid/expression';
import type { Method } from '@orchid/http-client';
import type { JsonValue } from '@orchid/kernel';
import type { BodyFormat } from '@orchid/http-client';
import type { NamedExpression, RetryPolicy } from '@orchid/plan';
import type { AuthFlowDocument } from './auth-flow-document';

/** The names a flow's templates and expressions may start from. */
export const AUTH_ROOTS = ['config', 'auth', 'vars', 'response'] as const;

/** Something rendered on the flow's scope. */
export interface Rendered {
  render(scope: Scope): JsonValue;
}

export interface CompiledAuthRequest {
  readonly id: string | null;
  readonly method: Method;
  readonly url: UrlTemplate;
  readonly headers: ReadonlyMap<string, Rendered>;
  readonly params: ReadonlyMap<string, Rendered>;
  readonly body: Rendered | null;
  readonly bodyFormat: BodyFormat;
  readonly timeoutMs: number;
  readonly retry: RetryPolicy & { readonly on: ReadonlySet<number> };
  readonly failWhen: Condition | null;
  readonly vars: readonly NamedExpression[];
}

/** Where the token comes from. */
export type TokenSource =
  /** From the config alone. */
  | { readonly kind: 'config'; readonly token: Rendered }
  /** Signed here and used as it is. */
  | { readonly kind: 'signed'; readonly token: Rendered }
  | {
      readonly kind: 'exchange';
      readonly requests: readonly CompiledAuthRequest[];
      readonly token: Expression;
      readonly expiresIn: Expression | null;
      readonly refresh: Expression | null;
      /** The config's first refresh token; null when the flow uses none. */
      readonly seed: Rendered | null;
      /** What `auth.assertion` is: the signed token of a `jwt_bearer` flow. */
      readonly assertion: Rendered | null;
    }
  /** A person has to consent first. */
  | { readonly kind: 'interactive' };

/** An auth flow ready to run. Immutable and shareable between executions. */
export interface CompiledAuthFlow {
  readonly name: string;
  readonly document: AuthFlowDocument;
  readonly source: TokenSource;
  readonly fields: readonly NamedExpression[];
  /** The header added to requests; its format reads `auth.token`. */
  readonly header: { readonly name: string; readonly format: Template } | null;
  /** The query param added to requests. */
  readonly param: string | null;
  readonly ttlMs: number | null;
  readonly skewMs: number | null;
}
