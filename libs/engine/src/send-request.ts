import { parseRetryAfter } from '@orchid/rate-limit';
import type { AuthToken } from '@orchid/auth';
import type { OutboundResponse } from '@orchid/http-client';
import type { JsonObject, OrchidError } from '@orchid/kernel';
import type { CompiledRequest } from '@orchid/plan';
import { flowOf } from './auth-choice';
import { decide, type Verdict } from './decide';
import { emitError, messageError } from './emitter';
import type { QuotaGrant } from './engine-ports';
import { exchangeOf, type Exchange } from './exchange';
import type { ExecutionError } from './execution-outcome';
import type { LoopState } from './loop-state';
import type { OpenRows } from './open-rows';
import { renderRequest, type RenderedRequest } from './render-request';
import { RetryBudget } from './retry-budget';
import { executionError, isStepFailure, StepError } from './step.errors';
import type { RequestOutcome } from './step-outcome';
import { quotaRequest, transmit } from './transmit-request';

interface Attempt {
  readonly rendered: RenderedRequest;
  readonly token: AuthToken | null;
  readonly flow: string | null;
}

/** What to do after an attempt: an outcome ends the request, a number waits so many milliseconds and tries again. */
type Next = RequestOutcome | { readonly kind: 'again'; readonly waitMs: number; readonly excused: boolean };

/** Sends the request of a loop's pass, with its retries, waits and token renewal. One instance per pass. */
export class RequestSender {
  private readonly budget: RetryBudget;
  private renewed = false;
  /** Identifies the request among passes: the same request and the same answer twice is a stuck loop. */
  fingerprint: () => string = () => '';

  constructor(
    private readonly loop: LoopState,
    private readonly request: CompiledRequest,
  ) {
    this.budget = new RetryBudget(request, loop.waited, this.clock.now());
  }

  send(): Promise<RequestOutcome> {
    return this.run.time.ofRequest(() => this.attempts().catch((error: unknown) => this.endIfAsked(error)));
  }

  private async attempts(): Promise<RequestOutcome> {
    for (;;) {
      const stopped = this.stopped();
      if (stopped !== null) return stopped;
      const overdue = this.overdue();
      if (overdue !== null) return this.fail(overdue, null);
      const next = await this.attempt();
      if (this.loop.open !== null && !isUsed(next)) await this.loop.closeRows();
      if (next.kind !== 'again') return next;
      const waited = await this.wait(next.waitMs, next.excused);
      if (waited !== null) return waited;
    }
  }

  /** Whatever waits - for a token, a bucket, an answer - rejects with a signal's reason once the execution is to stop. */
  private endIfAsked(error: unknown): RequestOutcome {
    const stopped = this.run.input.stop.isReason(error) ? this.stopped() : null;
    if (stopped === null) throw error;
    return stopped;
  }

  private get run() {
    return this.loop.run;
  }

  private get clock() {
    return this.loop.run.ports.clock;
  }

  private stopped(): RequestOutcome | null {
    const { reason } = this.run.input.stop;
    if (reason === 'cancel') return { kind: 'cancelled' };
    if (reason === 'lost') return { kind: 'lost' };
    if (reason === 'yield' || (this.run.isOverdue() && this.run.progressed)) return this.park(this.clock.now(), null);
    return null;
  }

  private async attempt(): Promise<Next> {
    if (this.loop.open !== null) return this.readOn(this.loop.open);
    const attempt = await this.prepare();
    if ('failure' in attempt) return this.fail(attempt.failure, null);
    const permission = await this.acquire(attempt.rendered);
    if (permission.kind !== 'granted') return permission;
    const sent = await transmit(this.loop, attempt.rendered, permission.grant);
    if (this.run.input.stop.reason === 'lost') return { kind: 'lost' };
    if ('error' in sent) return this.onTransportError(sent.error);
    return this.onAnswer(attempt, sent.response, sent.toldUntil);
  }

  private async prepare(): Promise<Attempt | { readonly failure: OrchidError }> {
    try {
      const flow = flowOf(this.loop);
      this.loop.flow = flow;
      const token = flow === null ? null : await this.token(flow);
      const scope = this.loop.requestScope({ token, attempt: this.budget.attempt });
      const { loop, request } = this;
      const trusted = loop.origin ?? loop.frame.origin;
      const before = { trusted, sentBefore: loop.origin !== null, rowsDone: loop.rows?.done ?? 0 };
      const rendered = renderRequest(this.run, { request, scope, token, nextUrl: loop.nextUrl, ...before });
      loop.origin = rendered.origin;
      this.fingerprint = rendered.fingerprint;
      return { rendered, token, flow };
    } catch (error) {
      if (isStepFailure(error)) return { failure: error };
      throw error;
    }
  }

  private async token(flow: string): Promise<AuthToken> {
    const token = await this.run.ports.auth.get(flow, this.run.input.stop.signal);
    const { redactor } = this.run.input;
    redactor.add(token.token);
    for (const value of Object.values(token.headers)) redactor.add(value);
    return token;
  }

  private async acquire(rendered: RenderedRequest): Promise<RequestOutcome | { kind: 'granted'; grant: QuotaGrant }> {
    const { step, run } = this.loop;
    const outcome = await run.time.ofWait(() =>
      run.ports.quota.acquire(quotaRequest(this.loop, this.request, rendered)),
    );
    if (outcome.kind === 'granted') {
      this.budget.excuse(outcome.waitedMs);
      return outcome;
    }
    const { limit, until } = outcome;
    run.ports.observer.waiting?.(limit, until - this.clock.now());
    if (outcome.exceeded === null) return this.park(until, limit);
    const message = `limit ${limit} keeps requests waiting until ${new Date(until).toISOString()}, longer than max_wait_seconds`;
    const error = executionError(new StepError('rate_limited', message, {}, 'rate_limit'), step.path);
    await emitError(run, this.loop, messageError(error, this.budget.attempt, until), null);
    return outcome.exceeded === 'park' ? this.park(until, limit) : { kind: 'failed', error };
  }

  /** The next rows of an answer that is still arriving. */
  private async readOn(open: OpenRows): Promise<Next> {
    try {
      const { exchange, fault } = await open.next();
      if (open.isOver) this.loop.open = null;
      this.run.receipt.counts.bytes += exchange.size;
      if (fault !== null) return await this.fail(new StepError(fault.code, fault.message), exchange);
      return { kind: 'answered', exchange, ignored: false };
    } catch (error) {
      if (!isStepFailure(error)) throw error;
      return this.onTransportError(error);
    }
  }

  private onTransportError(error: OrchidError): Next | Promise<Next> {
    const stopped = this.stopped();
    if (stopped !== null) return stopped;
    if (error.type !== 'transient') return this.fail(error, null);
    return this.retryOr(null, error, null);
  }

  private async onAnswer(attempt: Attempt, response: OutboundResponse, toldUntil: number | null): Promise<Next> {
    const exchange = exchangeOf(attempt.rendered.saved, response);
    const canRenewToken = attempt.token !== null && !this.renewed;
    const scope = this.loop.scope({ response: exchange.response, token: attempt.token, attempt: this.budget.attempt });
    let verdict: Verdict;
    try {
      verdict = decide({ step: this.loop.step, response, scope, canRenewToken });
      if (verdict.kind === 'success' && !this.pollEnded(scope)) return await this.pollAgain();
    } catch (error) {
      if (isStepFailure(error)) return this.fail(error, exchange);
      throw error;
    }
    return this.follow(verdict, { attempt, exchange, toldUntil });
  }

  private async follow(
    verdict: Verdict,
    answer: { readonly attempt: Attempt; readonly exchange: Exchange; readonly toldUntil: number | null },
  ): Promise<Next> {
    const { attempt, exchange } = answer;
    switch (verdict.kind) {
      case 'success':
        return { kind: 'answered', exchange, ignored: false };
      case 'ignore':
        await this.publishError(new StepError('ignored', 'the answer was ignored as the plan says'), exchange);
        return { kind: 'answered', exchange, ignored: true };
      case 'unauthorized':
        this.renewed = true;
        if (attempt.token !== null && attempt.flow !== null)
          await this.run.ports.auth.reject(attempt.flow, attempt.token);
        return { kind: 'again', waitMs: 0, excused: false };
      case 'retry':
        return this.retryOr(
          this.toldMs(exchange.response, answer.toldUntil),
          new StepError(verdict.code, verdict.message, {}, 'transient'),
          exchange,
        );
      case 'abort': {
        const error = new StepError(verdict.code, verdict.message);
        await this.publishError(error, exchange);
        return { kind: 'aborted', error: executionError(error, this.loop.step.path) };
      }
      case 'fail':
        return this.fail(this.refusal(verdict, attempt), exchange);
    }
  }

  private refusal(verdict: { readonly code: string; readonly message: string }, attempt: Attempt): StepError {
    if (verdict.code !== 'http_401' || attempt.flow === null) return new StepError(verdict.code, verdict.message);
    const message = `the API refused a fresh token of auth flow ${attempt.flow} (status 401)`;
    return new StepError('auth_rejected', message, { flow: attempt.flow }, 'auth');
  }

  private retryOr(toldMs: number | null, error: OrchidError, exchange: Exchange | null): Next | Promise<Next> {
    const waitMs = this.budget.next(toldMs, this.run.ports.random());
    if (waitMs === null) return this.fail(error, exchange);
    return { kind: 'again', waitMs, excused: toldMs !== null };
  }

  /** How long the server asked to wait, in milliseconds; null when it did not. */
  private toldMs(response: JsonObject, toldUntil: number | null): number | null {
    const now = this.clock.now();
    const headers = response.headers as Record<string, string>;
    const retryAfter = parseRetryAfter(headers['retry-after'], { now, date: headers.date });
    const waitMs = Math.max(retryAfter ?? 0, toldUntil === null ? 0 : toldUntil - now);
    return waitMs > 0 ? waitMs : null;
  }

  private pollEnded(scope: ReturnType<LoopState['scope']>): boolean {
    return this.loop.step.poll === null || this.loop.step.poll.until.test(scope) === true;
  }

  private pollAgain(): Next | Promise<Next> {
    const { poll, path } = this.loop.step;
    const now = this.clock.now();
    this.budget.pollingSince ??= now;
    const waitMs = poll?.everyMs ?? 0;
    if (poll !== null && now + waitMs - this.budget.pollingSince > poll.maxMs) {
      const message = `step ${path} polled for ${poll.maxMs} ms and "until" did not come true: ${poll.until.source}`;
      return this.fail(new StepError('poll_timeout', message, {}, 'timeout'), null);
    }
    return { kind: 'again', waitMs, excused: true };
  }

  /** Waits here, or answers that the execution has to be set aside. */
  private async wait(ms: number, excused: boolean): Promise<RequestOutcome | null> {
    if (ms > this.run.input.parkAfterMs) return this.park(this.clock.now() + ms, null);
    if (ms <= 0) return null;
    const began = this.clock.now();
    const sleep = () => this.clock.sleep(ms, this.run.input.stop.waiting);
    try {
      await (excused ? this.run.time.ofWait(sleep) : sleep());
    } catch (error) {
      if (this.run.input.stop.reason !== 'yield') throw error;
      return this.park(began + ms, null);
    } finally {
      if (excused) this.budget.excuse(this.clock.now() - began);
    }
    return null;
  }

  private park(until: number, limit: string | null): RequestOutcome {
    return { kind: 'parked', until, limit, state: this.budget.state(this.clock.now()) };
  }

  /** The time that is over, if any is: the execution's, without getting any further, or the step's. */
  private overdue(): StepError | null {
    const { path } = this.loop.step;
    if (this.run.isOverdue()) {
      const { maxExecutionMs } = this.run.input.plan;
      const message = `the execution got no further within ${maxExecutionMs} ms of active time (max_execution_seconds)`;
      return new StepError('execution_timeout', message, {}, 'timeout');
    }
    if (!this.budget.isOverdue(this.clock.now())) return null;
    const message = `step ${path} took longer than ${this.request.stepTimeoutMs} ms with all its attempts (step_timeout_seconds)`;
    return new StepError('step_timeout', message, {}, 'timeout');
  }

  private async fail(error: OrchidError, exchange: Exchange | null): Promise<RequestOutcome> {
    await this.publishError(error, exchange);
    return { kind: 'failed', error: executionError(error, this.loop.step.path) };
  }

  private async publishError(error: OrchidError, exchange: Exchange | null): Promise<void> {
    const failure: ExecutionError = executionError(error, this.loop.step.path);
    await emitError(this.run, this.loop, messageError(failure, this.budget.attempt), exchange);
  }
}

/** Its rows are going to be published. */
function isUsed(next: Next): boolean {
  return next.kind === 'answered' && !next.ignored;
}
