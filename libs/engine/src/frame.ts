import type { JsonObject, JsonValue } from '@orchid/kernel';
import type { StepState } from './checkpoint';
import type { RecordSink } from './record-sink';

/** Where a step runs: what encloses it lexically, and where its messages and its position go. */
export interface Frame {
  /** The parent step's response as `parent` holds it; null for the root. */
  readonly parent: JsonObject | null;
  /** `undefined` outside of a fan-out: `item` then reads as null. */
  readonly item: JsonValue | undefined;
  readonly itemIndex: number | null;
  /** Pass of the nearest enclosing loop, from 1. */
  readonly loopCount: number;
  /** Page and item index of everything enclosing, outermost first: part of each message's identity. */
  readonly trail: readonly (readonly [page: number, item: number])[];
  readonly vars: JsonObject;
  /** Name of the flow that sub-steps inherit. */
  readonly flow: string | null;
  /** The origin that may receive the inherited credentials. */
  readonly origin: string | null;
  readonly sink: RecordSink;
  readonly insideItem: boolean;
  /** Keeps a position of the step that runs in this frame: the enclosing steps add theirs. */
  readonly keep: (state: StepState) => Promise<void>;
}
