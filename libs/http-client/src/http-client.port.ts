import type { JsonValue } from '@orchid/kernel';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD';
export type ResponseFormat = 'auto' | 'json' | 'ndjson' | 'xml' | 'csv' | 'text' | 'binary';

export interface CsvOptions {
  readonly delimiter?: string;
  readonly quote?: string;
  readonly header?: boolean;
}

export interface DecodeOptions {
  readonly format: ResponseFormat;
  readonly csv?: CsvOptions;
  /** XML elements (`feed.entry`) that are arrays however often they occur. */
  readonly forceArray?: readonly string[];
  /** File compression to undo after Content-Encoding: a gzip file, the first file of a zip. */
  readonly decompress?: readonly ('gzip' | 'zip')[];
  /** Cap on the decoded body, in bytes. */
  readonly maxBytes: number;
}

export interface OutboundRequest {
  readonly method: Method;
  readonly url: string;
  /** Names in any case. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Uint8Array;
  /** One attempt: connect to last byte, redirects included, in milliseconds. */
  readonly timeoutMs: number;
  readonly decode: DecodeOptions;
  /** Names (lower case) of headers that carry a credential and are dropped when a redirect leaves the origin. */
  readonly credentialHeaders?: readonly string[];
  /** Origins besides the request's own that may receive the credentials. */
  readonly allowedOrigins?: readonly string[];
  readonly signal?: AbortSignal;
}

/** Why a body that arrived could not be used. */
export interface BodyFault {
  readonly code: 'invalid_body' | 'response_too_large' | 'unsupported_encoding';
  readonly message: string;
}

export interface OutboundResponse {
  readonly status: number;
  /** Names in lower case; repeated headers joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** The address that answered, after redirects. */
  readonly url: string;
  /** The decoded body; null when empty or when `fault` is set and no text could be kept. */
  readonly body: JsonValue;
  /** The body's own JSON text when it was JSON and valid: spliced into messages as it stands. */
  readonly json?: string;
  readonly encoding?: 'base64';
  readonly fault?: BodyFault;
  /** RFC 8288 links of the answer, absolute, by relation. */
  readonly links: Readonly<Record<string, string>>;
  /** The other attributes of those links (`title`, `results`, ...), by relation. */
  readonly linkParams?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Decoded bytes. */
  readonly size: number;
  readonly durationMs: number;
}

export interface HttpClient {
  /**
   * Sends one request and reads its answer. Every status is an answer, not an error.
   * Throws `TransportError` (`timeout`, `connection_failed`, `truncated`, `tls_error`, `too_many_redirects`, ...: type `transient`
   * unless the answer can never differ) and `OutboundBlocked` (`outbound_blocked`: the guard refused the address).
   */
  send(request: OutboundRequest): Promise<OutboundResponse>;
  close(): Promise<void>;
}
