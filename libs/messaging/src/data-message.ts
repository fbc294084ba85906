import type { ErrorType, JsonObject } from '@orchid/kernel';

export interface MessageError {
  readonly code: string;
  readonly type: ErrorType;
  readonly message: string;
  readonly attempts: number;
  /** ISO 8601: when a deferred request goes on. */
  readonly deferred_until?: string;
}

/** A message of `api-responses` and `api-errors`, without its body, which is spliced in as text. Field names are the wire's. */
export interface DataMessage {
  readonly schema_version: 1;
  readonly message_id: string;
  readonly tenant_id: string;
  readonly integration: string;
  readonly plan_key: string;
  readonly plan_version: number;
  readonly config_id: string;
  readonly execution_id: string;
  readonly step_path: string;
  readonly page: number;
  readonly item_index: number | null;
  /** Only when a page's items were split over several messages. */
  readonly part?: { readonly index: number; readonly count: number };
  readonly timestamp: string;
  readonly trace_id: string | null;
  readonly span_id: string | null;
  readonly request_url: string;
  readonly request_method: string;
  readonly request_headers: Readonly<Record<string, string | readonly string[]>>;
  readonly status_code: number | null;
  readonly response_headers: Readonly<Record<string, string>>;
  readonly response_encoding?: 'base64';
  readonly response_size: number;
  readonly duration_ms: number;
  readonly extracted_data: JsonObject;
  readonly error?: MessageError;
}
