import { type JsonObject, type JsonValue, stringifyJson } from '@orchid/kernel';
import type { AuthFlowDocument, AuthRequestDocument } from './auth-flow-document';
import type { Rendered } from './compiled-auth-flow';
import type { FlowReader } from './flow-reader';
import { signJwt } from './sign-jwt';

const JWT_LIFE_SECONDS = 600;
const JWT_GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** The request a typed flow stands for, with what cannot be written as a template beside it. */
export interface TypedExchange {
  readonly request: AuthRequestDocument;
  /** The `Authorization` header of the request, if it has one. */
  readonly authorization: Rendered | null;
}

/** Fills in the request of a typed flow; what the document's own `request` says wins. */
export function typedExchange(document: AuthFlowDocument, reader: FlowReader): TypedExchange {
  const inBody = document.client_auth !== 'basic';
  const body: JsonObject = { ...grantOf(document), ...(inBody && clientOf(document)), ...scopeOf(document) };
  const own = document.request ?? {};
  const request: AuthRequestDocument = {
    ...(document.token_url !== undefined && { url: document.token_url }),
    method: 'POST',
    body_format: 'form',
    ...own,
    headers: { Accept: 'application/json', ...own.headers },
    body: mergedBody(body, own.body),
  };
  return { request, authorization: inBody ? null : clientBasic(document, reader) };
}

function grantOf(document: AuthFlowDocument): JsonObject {
  if (document.type === 'oauth2_refresh_token') {
    return { grant_type: 'refresh_token', refresh_token: '{auth.refresh_token}' };
  }
  if (document.type === 'jwt_bearer') return { grant_type: JWT_GRANT, assertion: '{auth.assertion}' };
  return { grant_type: 'client_credentials' };
}

function clientOf({ client_id: id, client_secret: secret }: AuthFlowDocument): JsonObject {
  return { ...(id !== undefined && { client_id: id }), ...(secret !== undefined && { client_secret: secret }) };
}

function scopeOf({ scopes }: AuthFlowDocument): JsonObject {
  if (scopes === undefined) return {};
  return { scope: typeof scopes === 'string' ? scopes : scopes.join(' ') };
}

function mergedBody(body: JsonObject, own: JsonValue | undefined): JsonValue {
  if (own === undefined) return body;
  return typeof own === 'object' && own !== null && !Array.isArray(own) ? { ...body, ...own } : own;
}

/** RFC 6749, section 2.3.1: both parts are form-encoded before they are joined. */
function clientBasic(document: AuthFlowDocument, reader: FlowReader): Rendered {
  const id = reader.template('$.client_id', document.client_id ?? '');
  const secret = reader.template('$.client_secret', document.client_secret ?? '');
  return {
    render: (scope) => `Basic ${base64(`${formEncode(id.render(scope))}:${formEncode(secret.render(scope))}`)}`,
  };
}

/** `username:password` in base64 (RFC 7617). */
export function basicCredentials(document: AuthFlowDocument, reader: FlowReader): Rendered {
  const username = reader.template('$.username', document.username ?? '');
  const password = reader.template('$.password', document.password ?? '');
  return { render: (scope) => base64(`${text(username.render(scope))}:${text(password.render(scope))}`) };
}

/** The signed token of a `jwt_bearer` flow; `iat` and `exp` are added unless the claims have them. */
export function assertionOf(document: AuthFlowDocument, reader: FlowReader, now: () => number): Rendered {
  const claims = reader.value('$.claims', document.claims ?? {}, 'body');
  const headers = reader.value('$.headers', document.headers ?? {}, 'body');
  const key = reader.template('$.key', document.key ?? '');
  return {
    render: (scope) => {
      const iat = Math.floor(now() / 1000);
      const own = claims.render(scope) as JsonObject;
      return signJwt({
        alg: document.alg ?? 'RS256',
        key: text(key.render(scope)),
        claims: { iat, exp: iat + JWT_LIFE_SECONDS, ...own },
        headers: headers.render(scope) as JsonObject,
      });
    },
  };
}

function formEncode(value: JsonValue): string {
  return new URLSearchParams({ v: text(value) }).toString().slice(2);
}

function base64(value: string): string {
  return Buffer.from(value, 'utf8').toString('base64');
}

function text(value: JsonValue): string {
  return typeof value === 'string' ? value : value === null ? '' : stringifyJson(value);
}
