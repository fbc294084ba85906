/** Why a loop ended, as told in the receipt. A step without a loop ends as `single`. */
export type LoopStopReason =
  | 'while_false'
  | 'condition_null'
  | 'next_url_null'
  | 'break_when'
  | 'ignored'
  | 'single'
  | 'loop_limit'
  | 'paging_stuck';

export interface LoopReceipt {
  readonly step_path: string;
  readonly pages: number;
  /** Null when the loop was cut short: the step failed, or the execution was aborted or cancelled. */
  readonly stop_reason: LoopStopReason | null;
}

/** What an execution did. `complete` is what a consumer may delete on. Field names are the wire's. */
export interface Receipt {
  readonly pages: number;
  /** Every request sent, retries included, token requests not. */
  readonly api_calls: number;
  /** Items, or 1 for each page without fan-out. */
  readonly records: number;
  /** Items at all levels. */
  readonly items_total: number;
  readonly items_failed: number;
  readonly items_ignored: number;
  readonly bytes: number;
  /** Messages on both data topics. */
  readonly published: number;
  readonly loops: readonly LoopReceipt[];
  readonly complete: boolean;
}

interface EventFacts {
  readonly tenant_id: string;
  readonly integration: string;
  readonly plan_key: string;
  readonly plan_version: number;
  readonly config_id: string;
  readonly execution_id: string;
  /** ISO 8601, UTC, milliseconds. */
  readonly timestamp: string;
}

export interface ExecutionStarted extends EventFacts {
  readonly type: 'execution.started';
  readonly status: 'running';
}

export interface ExecutionCompleted extends EventFacts {
  readonly type: 'execution.completed';
  readonly status: 'success' | 'failed' | 'aborted' | 'cancelled';
  readonly receipt: Receipt;
}

/** A message of `execution-events`. */
export type ExecutionEvent = ExecutionStarted | ExecutionCompleted;
