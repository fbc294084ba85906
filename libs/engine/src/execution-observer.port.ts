import type { Progress } from './checkpoint-store.port';

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
  readonly method: string;
  /** Null when no answer came. */
  readonly status: number | null;
  readonly durationMs: number;
  readonly errorCode: string | null;
}

export const silentObserver: ExecutionObserver = {};
