import type { JsonValue } from '@orchid/kernel';
import type { StepState, WaitState } from './checkpoint';
import type { Exchange } from './exchange';
import type { ExecutionError } from './execution-outcome';

/** Set aside: goes on from `state` once `until` (milliseconds since the epoch) has passed. `limit` names the bucket waited for. */
export interface Parked<State> {
  readonly kind: 'parked';
  readonly until: number;
  readonly limit: string | null;
  readonly state: State;
}

/** Ends the whole execution, from wherever it arose. */
export type Ended =
  | { readonly kind: 'aborted'; readonly error: ExecutionError }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'lost' };

export type StepOutcome =
  | { readonly kind: 'completed'; readonly body: JsonValue; readonly ignored: boolean }
  | { readonly kind: 'failed'; readonly error: ExecutionError }
  | Parked<StepState>
  | Ended;

export type RequestOutcome =
  | { readonly kind: 'answered'; readonly exchange: Exchange; readonly ignored: boolean }
  | { readonly kind: 'failed'; readonly error: ExecutionError }
  | Parked<WaitState>
  | Ended;
