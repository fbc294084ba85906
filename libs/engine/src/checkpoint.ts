import type { JsonObject, JsonValue } from '@orchid/kernel';
import type { SavedExchange } from './exchange';
import type { ExecutionError } from './execution-outcome';
import type { ReceiptState } from './receipt-counter';

/** The whole position of an execution. Plain JSON, so that any worker can go on from it. */
export interface ExecutionState {
  readonly version: 1;
  readonly root: StepState | null;
  readonly receipt: ReceiptState;
  /** `context_updates` so far, not yet committed. */
  readonly pending: JsonObject;
  readonly partial: ExecutionError | null;
}

/** The position of one step's loop. */
export interface StepState {
  /** The pass to run next, from 1. */
  readonly pass: number;
  /** The page to publish next, where it is not the pass: an answer read as rows has several. */
  readonly page?: number;
  /** The pass's answer is being read as rows. */
  readonly rows?: RowsState;
  readonly vars: JsonObject;
  readonly prev: JsonValue;
  /** Address of the next pass when an answer gave it. */
  readonly nextUrl: string | null;
  /** The origin that may receive this step's credentials, once its first request is known. */
  readonly origin: string | null;
  /** Request and body fingerprints of the passes so far. */
  readonly seen: readonly (readonly [request: string, body: string])[];
  readonly bodies: readonly JsonValue[];
  /** What the request of this pass has been through before it was parked. */
  readonly waited: WaitState | null;
  /** The pass in progress: its answer is here, and what runs on it is under way. */
  readonly inner: InnerState | null;
}

/** How far an answer's rows have been read, and what its request was rendered from: it is sent again just so. */
export interface RowsState {
  /** Rows published. */
  readonly done: number;
  readonly page: number;
  readonly vars: JsonObject;
  /** Changes to the context that the request saw. */
  readonly context: JsonObject;
}

export interface WaitState {
  readonly retries: number;
  /** How often in a row the server itself asked to wait. */
  readonly told: number;
  readonly activeMs: number;
  /** When polling began, in milliseconds since the epoch; null when it did not. */
  readonly pollingSince: number | null;
}

export interface InnerState {
  /** The answer has rows after those in its body. */
  readonly more?: true;
  readonly exchange: SavedExchange;
  readonly extracted: JsonObject;
  /** Index of the stage (a plain sub-step or the fan-out) in progress. */
  readonly stage: number;
  readonly step: StepState | null;
  readonly items: ItemsState | null;
}

export interface ItemsState {
  /** Finished items as [first, last] ranges. */
  readonly done: readonly (readonly [number, number])[];
  /** Enriched items by index, when the page is published as a whole or its items are asked for later. */
  readonly results: Readonly<Record<string, JsonValue>>;
  /** Bodies of the items' steps by item index and step id, when a step beside the fan-out reads them. */
  readonly bodies?: Readonly<Record<string, JsonObject>>;
  readonly running: Readonly<Record<string, ItemState>>;
}

export interface ItemState {
  readonly stage: number;
  readonly vars: JsonObject;
  readonly attached: JsonObject;
  readonly step: StepState | null;
}
