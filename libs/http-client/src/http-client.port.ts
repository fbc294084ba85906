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
  /** Cap on the decoded body, in bytes; on each page of it where the body is read as rows. */
  readonly maxBytes: number;
  readonly rows?: RowOptions;
}

/** Asks for ndjson and CSV to be read as a stream. Other formats, and answers from status 400 on, are read whole all the same. */
export interface RowOptions {
  readonly perPage: number;
  /** Rows at the beginning that are passed over. */
  readonly skip: number;
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
  /** The rows after those in `body`, which is then the first page of them; absent when there are no more. */
  readonly rest?: RowStream;
}

/** Some rows of a body. */
export interface RowPage extends Pick<OutboundResponse, 'body' | 'json' | 'fault' | 'size'> {
  /** No row comes after these. */
  readonly isLast: boolean;
}

/** An answer's rows while they arrive. The connection stands still while nobody asks for more. */
export interface RowStream {
  /** Reads one page; the request's time limit holds for each. Throws as {@link HttpClient.send}. Not to be called after the last. */
  next(): Promise<RowPage>;
  /** Gives up what has not been read. Harmless after the end. */
  close(): void;
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
