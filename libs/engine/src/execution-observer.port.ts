import type { OutboundResponse } from '@orchid/http-client';
import type { Progress } from './checkpoint-store.port';
import type { SavedRequest } from './exchange';

/** Hears what happens while an execution runs: metrics, logs, progress lines. Must not throw and must not block. */
export interface ExecutionObserver {
  requestSent?(fact: RequestFact): void;
  /** A page and all of its messages are acknowledged. */
  pageDone?(progress: Progress): void;
  published?(channel: 'responses' | 'errors', messages: number, milliseconds: number): void;
  checkpointed?(milliseconds: number): void;
  waiting?(limit: string, milliseconds: number): void;
}

export interface RequestFact {
  readonly stepPath: string;
  readonly page: number;
  readonly itemIndex: number | null;
  readonly method: string;
  /** As messages show it: secrets are masked. */
  readonly shown: SavedRequest;
  /** The body sent, as it was: it may hold secrets. */
  readonly body: string | null;
  /** Null when no answer came. */
  readonly status: number | null;
  readonly response: OutboundResponse | null;
  readonly durationMs: number;
  readonly errorCode: string | null;
}

export const silentObserver: ExecutionObserver = {};
