import { context, propagation, SpanStatusCode, trace, type Attributes } from '@opentelemetry/api';

export interface TraceIds {
  readonly trace_id: string;
  readonly span_id: string;
}

/** The ids of the span in whose work this runs; `undefined` outside any, and always while telemetry is off. */
export function currentTraceIds(): TraceIds | undefined {
  const span = trace.getActiveSpan()?.spanContext();
  return span === undefined ? undefined : { trace_id: span.traceId, span_id: span.spanId };
}

/** `traceparent` and `tracestate` (W3C Trace Context) of the current span, to send along; empty while telemetry is off. */
export function traceHeaders(): Record<string, string> {
  const headers: Record<string, string> = {};
  propagation.inject(context.active(), headers);
  return headers;
}

export interface SpanOptions {
  readonly attributes?: Attributes;
  /** {@link traceHeaders} of the process that caused this work. */
  readonly parent?: Readonly<Record<string, string>>;
}

/** Runs `work` in a span of its own, which ends with it and records its failure. Costs next to nothing while telemetry is off. */
export function withSpan<T>(
  name: string,
  { attributes = {}, parent }: SpanOptions,
  work: () => Promise<T>,
): Promise<T> {
  const surrounding = parent === undefined ? context.active() : propagation.extract(context.active(), parent);
  return trace.getTracer('orchid').startActiveSpan(name, { attributes }, surrounding, async (span) => {
    try {
      return await work();
    } catch (error) {
      // The code only: a message may quote what a remote server said.
      span.setStatus({ code: SpanStatusCode.ERROR, message: codeOf(error) });
      throw error;
    } finally {
      span.end();
    }
  });
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'error';
}
