import type { JsonValue } from '@orchid/kernel';
import type { Run } from './run';

/** A compiled node: from the current value to its result. */
export type Evaluate = (current: JsonValue, run: Run) => JsonValue;
