import type { ErrorType, JsonObject } from '@orchid/kernel';
import type { Receipt } from '@orchid/messaging';

/** Why a step or an execution did not succeed. Safe to store and publish. */
export interface ExecutionError {
  readonly code: string;
  readonly type: ErrorType;
  readonly message: string;
  readonly step_path: string;
}

export type ExecutionOutcome =
  | { readonly kind: 'success'; readonly receipt: Receipt; readonly contextUpdates: JsonObject }
  | { readonly kind: 'failed'; readonly receipt: Receipt; readonly error: ExecutionError }
  | { readonly kind: 'aborted'; readonly receipt: Receipt; readonly error: ExecutionError }
  | { readonly kind: 'cancelled'; readonly receipt: Receipt }
  /** Goes on from `state` at `until` (milliseconds since the epoch); a time that has passed means at once, on any worker. */
  | {
      readonly kind: 'parked';
      readonly receipt: Receipt;
      readonly until: number;
      readonly state: JsonObject;
      readonly limit: string | null;
    }
  /** Another worker owns the execution: nothing more may be written. */
  | { readonly kind: 'lost' };
