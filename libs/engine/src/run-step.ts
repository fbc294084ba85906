import { hash } from 'node:crypto';
import { stringifyJson, type JsonObject, type JsonValue } from '@orchid/kernel';
import type { LoopStopReason } from '@orchid/messaging';
import type { CompiledStep } from '@orchid/plan';
import { Breather } from './breather';
import type { InnerState, ItemsState, StepState } from './checkpoint';
import { emitError, emitPage, messageError } from './emitter';
import { assignVars, extract, updateContext } from './evaluate';
import { emptyExchange, packExchange, type Exchange } from './exchange';
import type { Execution } from './execution';
import type { Frame } from './frame';
import { LoopState } from './loop-state';
import { nextPass } from './next-pass';
import { runItems } from './run-items';
import { RequestSender } from './send-request';
import { readsVar, stagesOf, type Stage } from './stages';
import { executionError, isStepFailure, StepError } from './step.errors';
import type { StepOutcome } from './step-outcome';
import type { RunStep } from './step-task';

export const runStep: RunStep = async (run, task) => {
  const loop = new LoopState(run, task.step, task.frame, task);
  try {
    if (task.resumed === null) assignVars(loop, task.step.init, loop.scope());
    return await new StepRunner(loop).run();
  } catch (error) {
    if (!isStepFailure(error)) throw error;
    const failure = executionError(error, task.step.path);
    const reason = error.code === 'loop_limit' || error.code === 'paging_stuck' ? error.code : null;
    run.receipt.loopEnded(task.step.path, loop.page, reason);
    await emitError(run, loop, messageError(failure, 1), null);
    return { kind: 'failed', error: failure };
  }
};

/** An answer that takes its time to decode. */
const LARGE_BYTES = 1024 * 1024;

type PassOutcome = StepOutcome | { readonly kind: 'next' };

class StepRunner {
  private readonly execution: Execution;
  /** The checkpoint of the page before: the next request is sent meanwhile, but nothing is published until it is written. */
  private kept: Promise<void> = Promise.resolve();

  constructor(private readonly loop: LoopState) {
    this.execution = loop.run;
  }

  async run(): Promise<StepOutcome> {
    try {
      for (;;) {
        const outcome = await this.pass();
        if (outcome.kind === 'next') continue;
        if (outcome.kind === 'failed' || outcome.kind === 'aborted')
          this.execution.receipt.loopEnded(this.loop.step.path, this.loop.page, null);
        return outcome;
      }
    } finally {
      // No checkpoint may be written any more once the run has ended: somebody else may own the execution by then.
      await this.kept.catch(() => undefined);
      if (this.loop.open !== null) await this.loop.closeRows();
    }
  }

  private async pass(): Promise<PassOutcome> {
    const { loop } = this;
    if (loop.inner !== null) return this.onResponse(loop.inner);
    if (loop.step.request === null) return this.onResponse(this.begin(emptyExchange));
    const sender = new RequestSender(loop, loop.step.request);
    const outcome = await sender.send();
    await this.kept;
    if (outcome.kind === 'parked') return { ...outcome, state: { ...loop.state(), waited: outcome.state } };
    if (outcome.kind !== 'answered') return outcome;
    if (outcome.ignored) return this.end('ignored', null, true);
    // Decoding it took a turn of the event loop; expressions over it may take another.
    if (outcome.exchange.size > LARGE_BYTES) await new Breather().rest();
    this.refuseRepetition(sender.fingerprint(), outcome.exchange);
    return this.onResponse(this.begin(outcome.exchange));
  }

  /** A fresh answer: what it assigns happens once, also when the pass is resumed later. */
  private begin(exchange: Exchange): InnerState {
    const { loop } = this;
    const scope = loop.scope({ response: exchange.response });
    const extracted = extract(loop, scope);
    assignVars(loop, loop.step.vars, scope);
    updateContext(loop, loop.scope({ response: exchange.response }));
    return {
      exchange,
      extracted,
      stage: 0,
      step: null,
      items: null,
      ...(loop.open !== null && { more: true as const }),
    };
  }

  private async onResponse(inner: InnerState): Promise<PassOutcome> {
    const unfinished = await this.runStages(inner);
    if (unfinished !== null) return unfinished;
    return this.finishPass(inner);
  }

  private async runStages(inner: InnerState): Promise<StepOutcome | null> {
    const { loop } = this;
    const stages = stagesOf(loop.step);
    for (let index = inner.stage; index < stages.length; index += 1) {
      const stage = stages[index];
      if (stage === undefined) break;
      const here: InnerState = index === inner.stage ? inner : { ...inner, stage: index, step: null, items: null };
      const outcome = stage.kind === 'items' ? await this.runItemStage(here) : await this.runSubStep(stage, here);
      if (outcome.kind === 'completed') this.remember(stage, outcome.body);
      else return outcome;
    }
    loop.inner = null;
    return null;
  }

  /** Keeps a sub-step's body as `vars.<id>` where a later sibling reads it. */
  private remember(stage: Stage, body: JsonValue): void {
    if (stage.kind === 'step' && this.isAskedFor(stage.step)) this.setVars({ [stage.step.id]: body });
  }

  private setVars(bodies: JsonObject): void {
    this.loop.vars = { ...this.loop.vars, ...bodies };
  }

  private isAskedFor(step: CompiledStep): boolean {
    const { step: parent } = this.loop;
    return [...parent.plainSteps, ...parent.itemSteps].some((each) => each !== step && readsVar(each, step.id));
  }

  private async runSubStep(stage: { readonly step: CompiledStep }, inner: InnerState): Promise<StepOutcome> {
    const { loop } = this;
    const saved = { ...inner, exchange: packExchange(inner.exchange) };
    const around = (step: StepState): StepState => ({ ...loop.state(), inner: { ...saved, step } });
    const frame: Frame = {
      ...loop.frame,
      parent: loop.parentScope(inner.exchange.response),
      vars: loop.vars,
      loopCount: loop.loopCount,
      flow: loop.flow ?? loop.frame.flow,
      origin: loop.origin ?? loop.frame.origin,
      trail: [...loop.frame.trail, [loop.page, -1]],
      keep: (step) => loop.frame.keep(around(step)),
    };
    const task = { step: stage.step, frame, resumed: inner.step, wantsBodies: this.isAskedFor(stage.step) };
    const outcome = await runStep(this.execution, task);
    return outcome.kind === 'parked' ? { ...outcome, state: around(outcome.state) } : outcome;
  }

  private async runItemStage(inner: InnerState): Promise<StepOutcome> {
    const { loop } = this;
    const saved = { ...inner, exchange: packExchange(inner.exchange) };
    const around = (items: ItemsState): StepState => ({ ...loop.state(), inner: { ...saved, items } });
    const outcome = await runItems({ loop, inner, runStep, keep: (items) => loop.frame.keep(around(items)) });
    if (outcome.kind === 'completed') this.setVars(outcome.bodies);
    return outcome.kind === 'parked' ? { ...outcome, state: around(outcome.state) } : outcome;
  }

  private async finishPass(inner: InnerState): Promise<PassOutcome> {
    const { loop } = this;
    const { exchange } = inner;
    const body = exchange.response.body ?? null;
    const fannedOut = loop.step.items !== null;
    if (loop.step.request !== null) this.countPage(fannedOut);
    if (loop.step.request !== null && loop.step.emit && !fannedOut)
      await emitPage(this.execution, loop, exchange, inner.extracted);
    if (loop.gathers) loop.bodies.push(body);
    const scope = loop.scope({ response: exchange.response });
    if (inner.more === true && loop.step.breakWhen?.test(scope) !== true) {
      loop.advanceRows(Array.isArray(body) ? body.length : 0);
      return this.goOn();
    }
    const next = nextPass(loop, scope, exchange.response);
    if (next.kind === 'stop') return this.end(next.reason, body, false);
    const { maxLoops } = this.execution.input.plan;
    if (loop.pass >= maxLoops) {
      throw new StepError(
        'loop_limit',
        `step ${loop.step.path} still wants another page after ${maxLoops} (max_loops)`,
      );
    }
    loop.advance(exchange.response, next.nextUrl);
    return this.goOn();
  }

  private async goOn(): Promise<PassOutcome> {
    this.kept = this.keep();
    // Awaited after the next request: only what follows from its answer has to wait.
    this.kept.catch(() => undefined);
    // The rows of a next page are here already: there is nothing to overlap with.
    if (this.loop.open !== null) await this.kept;
    return { kind: 'next' };
  }

  private async keep(): Promise<void> {
    await this.loop.frame.keep(this.loop.state());
    this.execution.ports.observer.pageDone?.(this.execution.receipt.progress());
  }

  private countPage(fannedOut: boolean): void {
    if (this.loop.frame.insideItem) return;
    const { counts } = this.execution.receipt;
    counts.pages += 1;
    if (!fannedOut) counts.records += 1;
  }

  private end(reason: LoopStopReason, body: JsonValue, ignored: boolean): StepOutcome {
    const { loop } = this;
    const pages = ignored ? loop.page - 1 : loop.page;
    this.execution.receipt.loopEnded(loop.step.path, pages, reason);
    return { kind: 'completed', body: loop.gathers ? loop.bodies : body, ignored };
  }

  private refuseRepetition(request: string, exchange: Exchange): void {
    const { loop } = this;
    // Of an answer read as rows only a part is here: it says nothing about the whole.
    if (!loop.loops || loop.rows !== null) return;
    const body = hash('sha1', exchange.json ?? stringifyJson(exchange.response.body ?? null), 'base64');
    if (loop.seen.get(request) === body) {
      const message = `pass ${loop.pass} of step ${loop.step.path} sent the same request as an earlier pass and got the same answer: the page does not advance`;
      throw new StepError('paging_stuck', message);
    }
    loop.seen.set(request, body);
  }
}
