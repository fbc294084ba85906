import type { JsonValue } from '@orchid/kernel';
import { InvalidAuthFlow } from './auth.errors';
import type { AuthFlowDocument, AuthRequestDocument } from './auth-flow-document';
import { compileAuthRequest } from './compile-auth-request';
import type { CompiledAuthFlow, CompiledAuthRequest, Rendered, TokenSource } from './compiled-auth-flow';
import { FlowReader } from './flow-reader';
import { assertionOf, basicCredentials, typedExchange } from './typed-exchange';
import { schemaFaults } from './auth-flow-faults';

export interface CompileAuthFlowOptions {
  /** Time source of signed tokens, in milliseconds since the epoch. */
  readonly now?: () => number;
}

/** Compiles an auth flow document. Throws {@link InvalidAuthFlow} with every fault. */
export function compileAuthFlow(
  document: JsonValue | AuthFlowDocument,
  options: CompileAuthFlowOptions = {},
): CompiledAuthFlow {
  const faults = schemaFaults(document);
  if (faults.length > 0) throw new InvalidAuthFlow(faults);
  const reader = new FlowReader();
  const flow = read(document as AuthFlowDocument, reader, options.now ?? Date.now);
  if (reader.faults.length > 0) throw new InvalidAuthFlow(reader.faults);
  return flow;
}

function read(document: AuthFlowDocument, reader: FlowReader, now: () => number): CompiledAuthFlow {
  const header = headerOf(document);
  return {
    name: document.name,
    document,
    source: sourceOf(document, reader, now),
    fields: reader.named('$.fields', document.fields),
    header:
      header === null
        ? null
        : {
            name: header.name,
            format: reader.template('$.header_format', header.format.replaceAll('{token}', '{{ auth.token }}')),
          },
    param: document.type === 'api_key' && document.in === 'query' ? keyName(document) : null,
    ttlMs: document.ttl_seconds === undefined ? null : document.ttl_seconds * 1000,
    skewMs: document.skew_seconds === undefined ? null : document.skew_seconds * 1000,
  };
}

function headerOf(document: AuthFlowDocument): { readonly name: string; readonly format: string } | null {
  const usual = usualHeader(document);
  const name = document.header_name ?? usual?.name;
  if (name === undefined) return null;
  const bearer = name.toLowerCase() === 'authorization' ? 'Bearer {token}' : '{token}';
  return { name, format: document.header_format ?? usual?.format ?? bearer };
}

function usualHeader(document: AuthFlowDocument): { readonly name: string; readonly format?: string } | null {
  switch (document.type) {
    case 'custom':
      return null;
    case 'basic':
      return { name: 'Authorization', format: 'Basic {token}' };
    case 'api_key':
      if (document.in === 'query') return null;
      if (document.in === 'cookie') return { name: 'Cookie', format: `${keyName(document)}={token}` };
      return { name: keyName(document), format: '{token}' };
    default:
      return { name: 'Authorization' };
  }
}

function keyName(document: AuthFlowDocument): string {
  return document.key_name ?? document.name;
}

function sourceOf(document: AuthFlowDocument, reader: FlowReader, now: () => number): TokenSource {
  switch (document.type) {
    case 'api_key':
      return { kind: 'config', token: reader.template('$.value', document.value ?? '') };
    case 'bearer':
      return { kind: 'config', token: reader.template('$.token', document.token ?? '') };
    case 'basic':
      return { kind: 'config', token: basicCredentials(document, reader) };
    case 'oauth2_authorization_code':
      return { kind: 'interactive' };
    case 'jwt_bearer':
      return signedSource(document, reader, now);
    case 'oauth2_client_credentials':
    case 'oauth2_refresh_token':
      return typedSource(document, reader, null);
    case 'custom':
      return exchangeSource(document, reader, customRequests(document, reader));
  }
}

function signedSource(document: AuthFlowDocument, reader: FlowReader, now: () => number): TokenSource {
  const assertion = assertionOf(document, reader, now);
  if (document.token_url === undefined && document.request?.url === undefined)
    return { kind: 'signed', token: assertion };
  return typedSource(document, reader, assertion);
}

function typedSource(document: AuthFlowDocument, reader: FlowReader, assertion: Rendered | null): TokenSource {
  const { request, authorization } = typedExchange(document, reader);
  const compiled = compileAuthRequest(reader, '$.request', request, document);
  const headers = new Map(compiled.headers);
  const setsItself = [...headers.keys()].some((name) => name.toLowerCase() === 'authorization');
  if (authorization !== null && !setsItself) headers.set('Authorization', authorization);
  return exchangeSource(document, reader, [{ ...compiled, headers }], assertion);
}

function exchangeSource(
  document: AuthFlowDocument,
  reader: FlowReader,
  requests: readonly CompiledAuthRequest[],
  assertion: Rendered | null = null,
): TokenSource {
  const usual = (field: string): string | undefined =>
    document.type === 'custom' ? undefined : `response.body.${field}`;
  const path = (name: 'expires_in_path' | 'refresh_path', field: string) => {
    const source = document[name] ?? usual(field);
    return source === undefined ? null : reader.expression(`$.${name}`, source);
  };
  return {
    kind: 'exchange',
    requests,
    token: reader.expression('$.token_path', document.token_path ?? usual('access_token') ?? 'null'),
    expiresIn: path('expires_in_path', 'expires_in'),
    refresh:
      document.type === 'oauth2_refresh_token' || document.refresh_path !== undefined
        ? path('refresh_path', 'refresh_token')
        : null,
    seed: document.refresh_token === undefined ? null : reader.template('$.refresh_token', document.refresh_token),
    assertion,
  };
}

function customRequests(document: AuthFlowDocument, reader: FlowReader): CompiledAuthRequest[] {
  const { request, steps } = document;
  if ((request === undefined) === (steps === undefined)) {
    const message = 'A custom flow has either one request or several steps.';
    reader.fault('$.request', 'conflicting_fields', message, 'Give request or steps, one of the two.');
    return [];
  }
  const list: readonly (readonly [string, AuthRequestDocument])[] =
    steps === undefined ? [['$.request', request ?? {}]] : steps.map((step, index) => [`$.steps[${index}]`, step]);
  return list.map(([path, each]) => compileAuthRequest(reader, path, each, document));
}
