import type { BodyFormat, Method } from '@orchid/http-client';
import type { JsonObject } from '@orchid/kernel';
import type { RetryDocument, TemplateValue } from '@orchid/plan';

export const AUTH_FLOW_TYPES = [
  'custom',
  'oauth2_client_credentials',
  'oauth2_refresh_token',
  'oauth2_authorization_code',
  'api_key',
  'basic',
  'bearer',
  'jwt_bearer',
] as const;
export type AuthFlowType = (typeof AUTH_FLOW_TYPES)[number];
export type SigningAlgorithm = 'RS256' | 'ES256' | 'HS256';

/** One request of a login. */
export interface AuthRequestDocument {
  /** Names the request: its body is `vars.<id>` in those that follow. */
  readonly id?: string;
  readonly url?: string;
  readonly method?: Method;
  readonly headers?: Readonly<Record<string, TemplateValue>>;
  readonly params?: Readonly<Record<string, TemplateValue>>;
  readonly body?: TemplateValue;
  readonly body_format?: BodyFormat;
  readonly timeout_seconds?: number;
  readonly retry?: RetryDocument;
  readonly fail_when?: string;
  readonly vars?: Readonly<Record<string, string>>;
}

/** How to obtain a token for an integration, as its author writes it. Which fields apply depends on `type`. */
export interface AuthFlowDocument {
  readonly integration_id?: string;
  readonly name: string;
  readonly description?: string;
  readonly type: AuthFlowType;
  readonly request?: AuthRequestDocument;
  readonly steps?: readonly AuthRequestDocument[];
  readonly fail_when?: string;
  readonly retry?: RetryDocument;
  readonly token_path?: string;
  readonly expires_in_path?: string;
  readonly refresh_path?: string;
  readonly fields?: Readonly<Record<string, string>>;
  readonly header_name?: string;
  readonly header_format?: string;
  readonly ttl_seconds?: number;
  readonly skew_seconds?: number;
  readonly token_url?: string;
  readonly authorize_url?: string;
  readonly client_id?: string;
  readonly client_secret?: string;
  readonly client_auth?: 'basic' | 'body';
  readonly scopes?: string | readonly string[];
  readonly refresh_token?: string;
  readonly in?: 'header' | 'query' | 'cookie';
  /** Name of an `api_key`'s header, param or cookie; the flow's own `name` when absent. */
  readonly key_name?: string;
  readonly value?: string;
  readonly username?: string;
  readonly password?: string;
  readonly token?: string;
  readonly alg?: SigningAlgorithm;
  readonly key?: string;
  readonly claims?: JsonObject;
  /** Further JOSE header fields of a `jwt_bearer`, such as `kid`. */
  readonly headers?: JsonObject;
}
