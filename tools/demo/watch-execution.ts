import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from '@orchid/testing';

/** An execution as the API tells it, as far as it is shown. */
export interface ExecutionView {
  readonly id: string;
  readonly status: string;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly progress: { readonly pages: number } | null;
  readonly receipt: ExecutionReceipt | null;
  readonly finished_at: string | null;
}

export interface ExecutionReceipt {
  readonly pages: number;
  readonly api_calls: number;
  readonly records: number;
  readonly published: number;
  readonly complete: boolean;
}

const LOOK_EVERY_MS = 150;
const ENDED: readonly string[] = ['success', 'failed', 'aborted', 'cancelled'];

export function hasEnded({ status }: ExecutionView): boolean {
  return ENDED.includes(status);
}

/** Follows an execution to its end, telling each look at it. Rejects when the signal aborts. */
export async function followExecution(
  api: ApiClient,
  id: string,
  onLook: (execution: ExecutionView) => void,
  signal: AbortSignal,
): Promise<ExecutionView> {
  for (;;) {
    signal.throwIfAborted();
    const { status, body } = await api.get<ExecutionView>(`/executions/${id}`);
    if (status === 200) {
      onLook(body);
      if (hasEnded(body)) return body;
    }
    await sleep(LOOK_EVERY_MS, undefined, { signal });
  }
}
