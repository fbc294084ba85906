import { type Clock, systemClock } from '@orchid/kernel';
import type { PublisherObserver } from '../publisher-observer';

/** Limits of the batching core; bytes count key, headers and value. Durations in milliseconds. */
export interface BatchingSettings {
  /** The largest value that is accepted. */
  readonly maxMessageBytes: number;
  readonly maxBatchMessages?: number;
  readonly maxBatchBytes?: number;
  /** `PUBLISH_MAX_IN_FLIGHT_BYTES`: accepted and not yet acknowledged. */
  readonly maxInFlightBytes?: number;
  /** Bytes of callers that wait at the gate; beyond it `publish` rejects with `publisher_overloaded`. */
  readonly maxWaitingBytes?: number;
  /** How long a record is tried before `publish` rejects with `broker_unavailable`. */
  readonly deliveryTimeoutMs?: number;
  /** How long `close` goes on trying. */
  readonly closeTimeoutMs?: number;
  readonly pingTimeoutMs?: number;
  readonly clock?: Clock;
  readonly observer?: PublisherObserver;
}

const MIB = 1024 * 1024;
export const DEFAULT_MAX_IN_FLIGHT_BYTES = 32 * MIB;
const GATE_FACTOR = 4;

export function withBatchingDefaults(settings: BatchingSettings): Required<BatchingSettings> {
  const maxInFlightBytes = settings.maxInFlightBytes ?? DEFAULT_MAX_IN_FLIGHT_BYTES;
  return {
    maxBatchMessages: 100,
    maxBatchBytes: MIB,
    maxWaitingBytes: maxInFlightBytes * GATE_FACTOR,
    deliveryTimeoutMs: 120_000,
    closeTimeoutMs: 10_000,
    pingTimeoutMs: 2_000,
    clock: systemClock,
    observer: {},
    ...settings,
    maxInFlightBytes,
  };
}
