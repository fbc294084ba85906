import type { OutboundResponse } from '@orchid/http-client';
import { newId, type OrchidError } from '@orchid/kernel';
import type { CompiledRequest } from '@orchid/plan';
import type { QuotaGrant, QuotaRequest } from './engine-ports';
import { exchangeOf, responseScope } from './exchange';
import type { RequestFact } from './execution-observer.port';
import type { LoopState } from './loop-state';
import { OpenRows } from './open-rows';
import type { RenderedRequest } from './render-request';
import { isStepFailure } from './step.errors';

/** Slots in flight come back this long after the attempt should have ended. */
const LEASE_MARGIN_MS = 5_000;

/** `toldUntil`: the limits' headers want nothing more before then, in milliseconds since the epoch. */
export type Sent =
  { readonly response: OutboundResponse; readonly toldUntil: number | null } | { readonly error: OrchidError };

/** What a request asks of the plan's limits. */
export function quotaRequest(loop: LoopState, request: CompiledRequest, rendered: RenderedRequest): QuotaRequest {
  const { input } = loop.run;
  return {
    grantId: newId(),
    method: request.method,
    url: rendered.saved.url,
    template: request.url.source,
    stepId: loop.step.id,
    maxWaitMs: input.parkAfterMs,
    leaseMs: request.timeoutMs + LEASE_MARGIN_MS,
    signal: input.stop.waiting,
  };
}

/** Sends once, counts it, and gives the permission back - once the last row is read, where the answer comes in rows. */
export async function transmit(loop: LoopState, rendered: RenderedRequest, grant: QuotaGrant): Promise<Sent> {
  const { ports, receipt } = loop.run;
  const began = ports.clock.now();
  receipt.counts.api_calls += 1;
  try {
    const response = await ports.http.send(rendered.outbound);
    report(loop, rendered, { response, durationMs: response.durationMs, errorCode: null });
    receipt.counts.bytes += response.size;
    const { rest } = response;
    if (rest !== undefined) loop.beginRows(new OpenRows(exchangeOf(rendered.saved, response), rest, grant));
    const toldUntil = await grant.learn({ response: responseScope(response) });
    return { response, toldUntil };
  } catch (error) {
    if (!isStepFailure(error)) throw error;
    report(loop, rendered, { response: null, durationMs: ports.clock.now() - began, errorCode: error.code });
    return { error };
  } finally {
    if (loop.open === null) await grant.release();
  }
}

type End = Pick<RequestFact, 'response' | 'durationMs' | 'errorCode'>;

function report({ run, page, step, frame }: LoopState, rendered: RenderedRequest, end: End): void {
  run.ports.observer.requestSent?.({
    stepPath: step.path,
    page,
    itemIndex: frame.itemIndex,
    method: rendered.saved.method,
    shown: rendered.saved,
    body: rendered.body,
    status: end.response?.status ?? null,
    ...end,
  });
}
