import type { BodyFormat, CsvOptions, Method, ResponseFormat } from '@orchid/http-client';
import type { JsonValue } from '@orchid/kernel';

/** A template, a bare expression as `{"expr": "..."}`, or plain JSON around them. */
export type TemplateValue = JsonValue;
export type Scope = 'global' | 'per_config' | 'per_endpoint';
export type BackoffType = 'fibonacci' | 'exponential' | 'linear' | 'constant';

export interface RetryDocument {
  readonly max_retries?: number;
  readonly backoff_type?: BackoffType;
  readonly initial_delay_ms?: number;
  readonly max_delay_ms?: number;
  readonly on?: readonly number[];
}

export interface ReducerDocument {
  readonly expr: string;
  readonly reduce: 'max' | 'min' | 'last';
  readonly key?: string;
}

export interface StepDocument {
  readonly id?: string;
  readonly url?: string;
  readonly method?: Method;
  readonly headers?: Readonly<Record<string, TemplateValue>>;
  readonly params?: Readonly<Record<string, TemplateValue>>;
  readonly body?: TemplateValue;
  readonly body_format?: BodyFormat;
  readonly timeout_seconds?: number;
  readonly step_timeout_seconds?: number;
  readonly retry?: RetryDocument;
  readonly retry_when?: string;
  readonly abort_on?: readonly number[];
  readonly abort_when?: string;
  readonly fail_on?: readonly number[];
  readonly fail_when?: string;
  readonly ignore_on?: readonly number[];
  readonly ignore_when?: string;
  readonly accept_on?: readonly number[];
  readonly accept_when?: string;
  readonly poll?: { readonly until: string; readonly every_ms: number; readonly max_seconds: number };
  readonly init?: Readonly<Record<string, string>>;
  readonly while?: string;
  readonly break_when?: string;
  readonly next_url?: string;
  readonly vars?: Readonly<Record<string, string>>;
  readonly context_updates?: Readonly<Record<string, string | ReducerDocument>>;
  readonly extract?: Readonly<Record<string, string>>;
  readonly iterate_over?: string;
  readonly sub_steps?: readonly StepDocument[];
  readonly concurrency?: number;
  readonly stop_on_error?: boolean;
  readonly fanout_emit_mode?: 'record' | 'page';
  readonly attach?: boolean;
  readonly emit_to_kafka?: boolean;
  readonly auth_flow?: string | null | readonly { readonly when: string; readonly use: string }[];
  readonly auth_flow_id?: string;
  readonly response_format?: ResponseFormat;
  readonly csv?: CsvOptions;
  readonly decompress?: readonly ('gzip' | 'zip')[];
  readonly force_array?: readonly string[];
  readonly max_response_bytes?: number;
  readonly rows_per_page?: number;
}

export interface RateLimitDocument {
  readonly name?: string;
  readonly match?: string;
  readonly requests?: number | string;
  readonly window_secs?: number | string;
  readonly scope?: Scope;
  readonly max_concurrent?: number | string;
  readonly priority?: number;
  readonly dynamic?: {
    readonly limit?: string;
    readonly remaining?: string;
    readonly reset?: string;
    readonly retry_after?: string;
    readonly reset_format?: 'auto' | 'epoch_s' | 'epoch_ms' | 'delta_s' | 'http_date' | 'iso';
  };
  readonly max_wait_seconds?: number;
  readonly on_exceeded?: 'park' | 'fail';
}

/** A plan as its author writes it, in canonical field names. */
export interface PlanDocument {
  readonly key: string;
  readonly integration?: string;
  readonly integration_id?: string;
  readonly name?: string;
  readonly description?: string;
  readonly enabled?: boolean;
  readonly wait_seconds?: number;
  readonly wait_from?: 'end' | 'start';
  readonly schedule?: { readonly cron: string; readonly timezone?: string; readonly jitter_seconds?: number };
  readonly repeat_count?: number;
  readonly max_execution_seconds?: number;
  readonly max_loops?: number;
  readonly max_nesting_depth?: number;
  readonly max_request_bytes?: number;
  readonly allowed_origins?: readonly string[];
  readonly rate_limits?: readonly RateLimitDocument[];
  readonly step: StepDocument;
}
