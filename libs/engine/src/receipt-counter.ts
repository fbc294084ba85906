import type { LoopReceipt, LoopStopReason, Receipt } from '@orchid/messaging';
import type { Progress } from './checkpoint-store.port';

/** What a receipt is counted up from; kept in checkpoints. */
export interface ReceiptState {
  pages: number;
  api_calls: number;
  records: number;
  items_total: number;
  items_failed: number;
  items_ignored: number;
  bytes: number;
  published: number;
  loops: LoopReceipt[];
}

const GOOD_ENDS: ReadonlySet<LoopStopReason | null> = new Set<LoopStopReason | null>([
  'while_false',
  'next_url_null',
  'break_when',
  'ignored',
  'single',
]);

const nothing = (): ReceiptState => ({
  pages: 0,
  api_calls: 0,
  records: 0,
  items_total: 0,
  items_failed: 0,
  items_ignored: 0,
  bytes: 0,
  published: 0,
  loops: [],
});

/** Of an execution that could not even begin. */
export function emptyReceipt(): Receipt {
  return new ReceiptCounter(null).receipt(false);
}

/** Counts an execution. Loops of one step that ended for the same reason are one line, so that a fan-out of a million items keeps the receipt small. */
export class ReceiptCounter {
  readonly counts: ReceiptState;
  private readonly loops = new Map<string, { step_path: string; pages: number; stop_reason: LoopStopReason | null }>();

  constructor(restored: ReceiptState | null) {
    this.counts = restored === null ? nothing() : { ...restored, loops: [] };
    for (const loop of restored?.loops ?? []) this.loops.set(loopKey(loop.step_path, loop.stop_reason), { ...loop });
  }

  loopEnded(stepPath: string, pages: number, reason: LoopStopReason | null): void {
    const key = loopKey(stepPath, reason);
    const known = this.loops.get(key);
    if (known === undefined) this.loops.set(key, { step_path: stepPath, pages, stop_reason: reason });
    else known.pages += pages;
  }

  state(): ReceiptState {
    return { ...this.counts, loops: [...this.loops.values()].map((loop) => ({ ...loop })) };
  }

  progress(): Progress {
    const { pages, api_calls, records, items_total, items_failed, published, bytes } = this.counts;
    return { pages, api_calls, records, items_total, items_failed, published, bytes };
  }

  receipt(succeeded: boolean): Receipt {
    const state = this.state();
    const complete = succeeded && state.loops.every((loop) => GOOD_ENDS.has(loop.stop_reason));
    return { ...state, complete };
  }
}

function loopKey(stepPath: string, reason: LoopStopReason | null): string {
  return `${String(reason)} ${stepPath}`;
}
