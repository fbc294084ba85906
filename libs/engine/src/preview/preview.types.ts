import type { JsonValue } from '@orchid/kernel';
import type { Receipt } from '@orchid/messaging';
import type { ExecutionError } from '../execution-outcome';

/** One request of a preview and what followed from it. Field names are the wire's; secrets are masked. */
export interface PreviewedRequest {
  readonly step_path: string;
  readonly page: number;
  readonly item_index: number | null;
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly headers: Readonly<Record<string, string | readonly string[]>>;
    readonly body: string | null;
  };
  readonly status_code: number | null;
  readonly duration_ms: number;
  /** Code of the error when no answer came. */
  readonly error: string | null;
  /** The decoded body, long lists and texts cut short. */
  readonly response_sample: JsonValue;
  readonly conditions: readonly PreviewedCondition[];
  /** The messages it would publish, bodies cut short. */
  readonly messages: JsonValue[];
}

export interface PreviewedCondition {
  /** `while`, `break_when`, `retry_when` ... */
  readonly name: string;
  readonly expression: string;
  readonly result: boolean | null;
}

export interface Preview {
  readonly requests: readonly PreviewedRequest[];
  readonly receipt: Receipt;
  /** What ended it: `end` (the plan itself), `max_requests`, `wait` (a limit or the server wants a long pause), `failed`, `aborted`. */
  readonly stopped_by: 'end' | 'max_requests' | 'wait' | 'failed' | 'aborted';
  readonly error: ExecutionError | null;
}
