import { type JsonObject, type JsonValue, stringifyJson } from '@orchid/kernel';
import type { OutgoingRecord } from '@orchid/messaging';
import { Breather } from './breather';
import type { InnerState, ItemsState, ItemState } from './checkpoint';
import { DoneSet } from './done-set';
import { emitItemsPage, type PageItem } from './emit-items-page';
import { emitItemTooLarge, fits, itemsRecord } from './emitter';
import { enrich } from './enrich';
import { ItemSink } from './item-sink';
import type { LoopState } from './loop-state';
import { OrderedRelease } from './ordered-release';
import { isAskedFor, runItem, type ItemOutcome } from './run-item';
import { StepError } from './step.errors';
import type { Ended, Parked } from './step-outcome';
import type { RunStep } from './step-task';
import type { ExecutionError } from './execution-outcome';

export interface ItemsTask {
  readonly loop: LoopState;
  /** The pass whose response is fanned out. */
  readonly inner: InnerState;
  readonly keep: (items: ItemsState) => Promise<void>;
  readonly runStep: RunStep;
}

export type ItemsOutcome =
  /** `bodies`: by step id, of every item, where a step beside the fan-out reads them. */
  | {
      readonly kind: 'completed';
      readonly body: JsonValue;
      readonly bodies: JsonObject;
      readonly ignored: boolean;
    }
  | { readonly kind: 'failed'; readonly error: ExecutionError }
  | Parked<ItemsState>
  | Ended;

type Completed = Extract<ItemOutcome, { kind: 'completed' }>;

/** Items under way between the oldest unfinished one and the newest, as a multiple of the concurrency. */
const WINDOW_FACTOR = 8;
const KEEP_EVERY_MS = 2_000;
/** A larger page is not written again and again while its items run. */
const KEEP_MAX_BYTES = 1024 * 1024;

/** Runs the sub-steps of every item of a response, several at once, and publishes the enriched items. */
export function runItems(task: ItemsTask): Promise<ItemsOutcome> {
  return new FanOut(task).run();
}

class FanOut {
  private readonly items: readonly JsonValue[];
  private readonly done: DoneSet;
  private readonly results: Map<number, JsonValue>;
  private readonly asideFrom: Readonly<Record<string, ItemState>>;
  private readonly aside = new Map<number, Parked<ItemState>>();
  private readonly release: OrderedRelease;
  private readonly collects: boolean;
  /** Ids of the steps whose bodies are read beside the fan-out, and those bodies by item. */
  private readonly askedIds: readonly string[];
  private readonly bodies: Map<number, JsonObject>;
  private cursor = 0;
  private halted: ItemsOutcome | 'parked' | null = null;
  private keptAt: number;
  private keeping = false;

  constructor(private readonly task: ItemsTask) {
    const state = task.inner.items;
    this.items = listOf(task);
    this.done = new DoneSet(state?.done ?? []);
    this.results = new Map(Object.entries(state?.results ?? {}).map(([index, value]) => [Number(index), value]));
    this.bodies = new Map(Object.entries(state?.bodies ?? {}).map(([index, value]) => [Number(index), value]));
    const { itemSteps, plainSteps } = this.loop.step;
    this.askedIds = itemSteps.filter((step) => isAskedFor(step, plainSteps)).map(({ id }) => id);
    this.asideFrom = state?.running ?? {};
    this.release = new OrderedRelease(this.loop.step.concurrency * WINDOW_FACTOR, (index) => this.done.has(index));
    // A step that sends nothing has no body of its own: what its items became stands for it.
    this.collects = this.isPageMode || (this.loop.step.request === null && this.loop.wantsBodies);
    this.keptAt = this.execution.ports.clock.now();
  }

  async run(): Promise<ItemsOutcome> {
    if (this.loop.step.itemSteps.length === 0) await this.publishEach();
    const lanes = Math.min(this.loop.step.concurrency, this.items.length);
    const ends = await Promise.allSettled(Array.from({ length: lanes }, () => this.lane()));
    const broken = ends.find((end) => end.status === 'rejected');
    if (broken !== undefined) throw broken.reason;
    if (this.halted !== null && this.halted !== 'parked') return this.halted;
    if (this.aside.size > 0 || this.halted === 'parked') return this.parked();
    return this.finish();
  }

  private get loop(): LoopState {
    return this.task.loop;
  }

  private get execution() {
    return this.task.loop.run;
  }

  private get isPageMode(): boolean {
    return this.loop.step.emitMode === 'page' && this.publishes;
  }

  private get publishes(): boolean {
    return this.loop.step.emit && this.loop.step.request !== null;
  }

  private async lane(): Promise<void> {
    try {
      for (let index = this.take(); index !== null; index = this.take()) {
        await this.release.room(index);
        if (this.halted !== null) return;
        await this.one(index);
        await this.keepNowAndThen();
      }
    } catch (error) {
      this.halted ??= 'parked';
      this.release.halt();
      throw error;
    }
  }

  /** Items that nothing runs on: one after the other, their messages a few at a time. */
  private async publishEach(): Promise<void> {
    const breather = new Breather();
    const sink = new ItemSink((records) => this.publish(records));
    const nothing = { kind: 'completed', attached: {}, vars: {}, ignored: false } as const;
    for (let index = this.take(); index !== null; index = this.take()) {
      await this.completed(index, this.items[index] ?? null, nothing, sink);
      this.counted(index, nothing);
      if (!breather.isDue) continue;
      await sink.flush();
      await breather.rest();
      this.stopIfAsked();
      await this.keepNowAndThen();
    }
    await sink.flush();
  }

  private stopIfAsked(): void {
    const { reason } = this.execution.input.stop;
    if (reason !== null)
      this.stop(reason === 'yield' ? 'parked' : { kind: reason === 'cancel' ? 'cancelled' : reason });
  }

  private take(): number | null {
    if (this.halted !== null) return null;
    while (this.cursor < this.items.length && this.done.has(this.cursor)) this.cursor += 1;
    if (this.cursor >= this.items.length) return null;
    this.cursor += 1;
    return this.cursor - 1;
  }

  private async one(index: number): Promise<void> {
    const item = this.items[index] ?? null;
    const sink = new ItemSink((records) => this.publish(records));
    const { response } = this.task.inner.exchange;
    const resumed = this.asideFrom[String(index)] ?? null;
    const outcome = await runItem({
      loop: this.loop,
      response,
      item,
      index,
      sink,
      resumed,
      runStep: this.task.runStep,
    });
    switch (outcome.kind) {
      case 'completed':
        return this.release.finished(index, async () => {
          await this.completed(index, item, outcome, sink);
          await sink.flush();
          this.counted(index, outcome);
        });
      case 'failed':
        await this.release.finished(index, () => this.failed(index, outcome.error, sink));
        if (this.loop.step.stopOnError) this.stop(outcome);
        return;
      case 'parked':
        await sink.flush();
        this.aside.set(index, outcome);
        // A full bucket would set aside one item after the other: better to stop here and come back.
        if (outcome.limit !== null || this.execution.input.stop.reason === 'yield') this.stop('parked');
        return this.release.aside(index);
      case 'aborted':
        await sink.flush();
        this.stop(outcome);
        return;
      case 'cancelled':
      case 'lost':
        this.stop(outcome);
    }
  }

  private stop(halted: ItemsOutcome | 'parked'): void {
    if (this.halted === null || this.halted === 'parked') this.halted = halted;
    this.release.halt();
  }

  private publish(records: readonly OutgoingRecord[]): Promise<void> {
    if (!this.loop.frame.insideItem) return this.execution.acks.publish(records);
    return records.reduce((before, record) => before.then(() => this.loop.frame.sink.add(record)), Promise.resolve());
  }

  private async completed(index: number, item: JsonValue, outcome: Completed, sink: ItemSink): Promise<void> {
    const enriched = enrich(item, outcome.attached);
    if (this.collects) this.results.set(index, enriched);
    if (this.askedIds.length > 0) this.bodies.set(index, this.pick(outcome.vars));
    if (this.publishes && !this.isPageMode) await this.emitItem(index, enriched, sink);
  }

  private counted(index: number, outcome: Completed): void {
    const { counts } = this.execution.receipt;
    if (outcome.ignored) counts.items_ignored += 1;
    if (!this.loop.frame.insideItem) counts.records += 1;
    this.finished(index);
  }

  private async failed(index: number, error: ExecutionError, sink: ItemSink): Promise<void> {
    await sink.flush();
    const message = `an item failed: ${error.message}`;
    this.execution.partial ??= { code: error.code, type: 'partial', message, step_path: error.step_path };
    this.execution.receipt.counts.items_failed += 1;
    this.finished(index);
  }

  private finished(index: number): void {
    this.execution.receipt.counts.items_total += 1;
    this.execution.progressed = true;
    this.done.add(index);
  }

  private async emitItem(index: number, enriched: JsonObject, sink: ItemSink): Promise<void> {
    const { loop } = this;
    const { exchange, extracted } = this.task.inner;
    const item = { itemIndex: index };
    const record = itemsRecord(this.execution, loop, {
      exchange,
      extracted,
      item,
      json: `[${stringifyJson(enriched)}]`,
    });
    if (fits(this.execution, record)) return sink.add(record);
    const at = { ...place(loop), frame: { ...loop.frame, sink } };
    await emitItemTooLarge(this.execution, at, { exchange, index, bare: this.bare(index) });
  }

  private async keepNowAndThen(): Promise<void> {
    const now = this.execution.ports.clock.now();
    if (this.keeping || now - this.keptAt < KEEP_EVERY_MS || this.halted !== null) return;
    if (this.task.inner.exchange.size > KEEP_MAX_BYTES) return;
    // One at a time: an older position must not be written over a newer one.
    this.keeping = true;
    this.execution.ports.observer.pageDone?.(this.execution.receipt.progress());
    await this.task.keep(this.state());
    this.keptAt = this.execution.ports.clock.now();
    this.keeping = false;
  }

  private state(): ItemsState {
    const waiting = [...this.aside].map(([index, outcome]) => [String(index), outcome.state] as const);
    const results = Object.fromEntries([...this.results].map(([index, value]) => [String(index), value]));
    const bodies = Object.fromEntries([...this.bodies].map(([index, value]) => [String(index), value]));
    const asked = this.askedIds.length > 0 ? { bodies } : {};
    return {
      done: this.done.ranges(),
      results,
      ...asked,
      running: { ...this.untouched(), ...Object.fromEntries(waiting) },
    };
  }

  /** Items set aside by an earlier run that this one has not come to. */
  private untouched(): Record<string, ItemState> {
    return Object.fromEntries(Object.entries(this.asideFrom).filter(([index]) => !this.done.has(Number(index))));
  }

  private parked(): Parked<ItemsState> {
    const all = [...this.aside.values()];
    const soonest = all.reduce<Parked<ItemState> | null>(
      (best, each) => (best === null || each.until < best.until ? each : best),
      null,
    );
    const until = soonest?.until ?? this.execution.ports.clock.now();
    return { kind: 'parked', until, limit: soonest?.limit ?? null, state: this.state() };
  }

  /** An item as it is published without anything attached. */
  private bare(index: number): JsonObject {
    return enrich(this.items[index] ?? null, {});
  }

  private pageItems(): PageItem[] {
    return [...this.results]
      .sort(([a], [b]) => a - b)
      .map(([index, enriched]) => ({ index, enriched, bare: () => this.bare(index) }));
  }

  private async finish(): Promise<ItemsOutcome> {
    const missing = this.items.length - this.done.size;
    if (missing !== 0) throw new Error(`${missing} items of step ${this.loop.step.path} are unaccounted for`);
    const results = this.items.map((_, index) => this.results.get(index)).filter((each) => each !== undefined);
    if (this.isPageMode) await emitItemsPage(this.execution, this.loop, this.task.inner, this.pageItems());
    const body = this.loop.step.request === null ? results : (this.task.inner.exchange.response.body ?? null);
    return { kind: 'completed', body, bodies: this.gathered(), ignored: false };
  }

  private pick(vars: JsonObject): JsonObject {
    return Object.fromEntries(this.askedIds.map((id) => [id, vars[id] ?? null]));
  }

  /** The bodies in the order of the items. */
  private gathered(): JsonObject {
    const inOrder = [...this.bodies].sort(([a], [b]) => a - b).map(([, bodies]) => bodies);
    return Object.fromEntries(this.askedIds.map((id) => [id, inOrder.map((bodies) => bodies[id] ?? null)]));
  }
}

function place(loop: LoopState) {
  return { step: loop.step, page: loop.page };
}

/** Null is no items; anything but a list is an error. */
function listOf({ loop, inner }: ItemsTask): readonly JsonValue[] {
  const { response } = inner.exchange;
  const own = loop.scope({ response });
  const scope = loop.step.request === null ? own : { ...own, parent: loop.parentScope(response) };
  const list = loop.step.items?.evaluate(scope) ?? null;
  if (list === null) return [];
  if (Array.isArray(list)) return list;
  const kind = typeof list === 'object' ? 'an object' : `a ${typeof list}`;
  const message = `iterate_over of step ${loop.step.path} is ${kind}, not a list: ${loop.step.items?.source ?? ''}`;
  throw new StepError('iterate_over_not_array', message);
}
