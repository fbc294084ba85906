import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';

import type { Dispatcher } from 'undici';

import {
  DecodingSink,
  EMPTY_BODY,
  PlainSink,
  tooLarge,
  type BodyOutcome,
  type BodySink,
  type SinkEvents,
} from './body-sink';
import { parseCodings, type Coding } from './content-encoding';
import type { BodyFault } from './http-client.port';
import { isRedirect } from './redirect';
import { SourceSink } from './rows/source-sink';
import { translateError } from './translate-error';
import { TransportError } from './transport-error';

/** One answer off the wire: Content-Encoding undone, not yet decoded. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly fault?: BodyFault;
  /** The body as it arrives, with what its Content-Encoding says; `bytes` is then empty. */
  readonly arriving?: { readonly source: Readable; readonly codings: readonly Coding[] };
}

export interface ExchangeLimits {
  readonly origin: string;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly signal: AbortSignal | undefined;
  /** Whether to hand the body over as it arrives. The time limit then ends with the headers: the reader has its own. */
  readonly streams: (status: number, headers: IncomingHttpHeaders) => boolean;
}

/** A redirect's own body is only read to keep the connection; past this it is cheaper to open a new one. */
const REDIRECT_BODY = 64 * 1024;

interface Settle {
  resolve(answer: RawAnswer): void;
  reject(error: Error): void;
}

/**
 * Sends one request and reads its answer. The time limit runs from dispatch to the last byte, so a peer that drips cannot
 * prolong it. Rejects with `TransportError`, `OutboundBlocked` or the signal's reason.
 */
export function exchange(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  limits: ExchangeLimits,
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const handler = new Exchange(limits, { resolve, reject });
    if (limits.signal?.aborted !== true) dispatcher.dispatch(request, handler);
  });
}

/** undici's handler for one exchange: no stream and no AbortController per request. */
class Exchange implements Dispatcher.DispatchHandler, SinkEvents {
  private readonly timer: NodeJS.Timeout;
  private controller: Dispatcher.DispatchController | undefined;
  private sink: BodySink | undefined;
  private status = 0;
  private headers: IncomingHttpHeaders = {};
  private over = false;
  private readonly onAbort = (): void => {
    const reason: unknown = this.limits.signal?.reason;
    this.fail(reason instanceof Error ? reason : new TransportError('aborted', 'The request was called off.'));
  };

  constructor(
    private readonly limits: ExchangeLimits,
    private readonly settle: Settle,
  ) {
    this.timer = setTimeout(() => this.expire(), limits.timeoutMs);
    limits.signal?.addEventListener('abort', this.onAbort, { once: true });
    if (limits.signal?.aborted === true) this.onAbort();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // undici starts a request whose caller gave up while the connection was being opened: it must not be sent.
    if (this.over) controller.abort(new Error('given up'));
    else this.controller = controller;
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200 || this.over) return;
    this.controller = controller;
    this.status = status;
    this.headers = headers;
    this.openSink();
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.over) this.sink?.write(chunk);
  }

  onResponseEnd(): void {
    if (!this.over) this.sink?.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.fail(translateError(error, this.limits.origin, this.status !== 0));
  }

  settled(outcome: BodyOutcome): void {
    switch (outcome.kind) {
      case 'complete':
        this.succeed(outcome.bytes);
        break;
      case 'unread':
        this.succeed(EMPTY_BODY, undefined, true);
        break;
      case 'fault':
        this.succeed(EMPTY_BODY, outcome.fault);
        break;
      case 'truncated':
        this.fail(new TransportError('truncated', `${this.limits.origin} sent only part of its compressed answer.`));
        break;
    }
  }

  pause(): void {
    this.controller?.pause();
  }

  resume(): void {
    if (!this.over) this.controller?.resume();
  }

  private openSink(): void {
    const { maxBytes } = this.limits;
    if (isRedirect(this.status, this.headers.location)) {
      this.sink = new DiscardingSink(this);
      return;
    }
    const codings = parseCodings(this.headers['content-encoding']);
    if (codings === undefined) {
      const message = 'The body has a Content-Encoding that is not known.';
      this.settled({ kind: 'fault', fault: { code: 'unsupported_encoding', message } });
    } else if (this.limits.streams(this.status, this.headers)) {
      this.handOver(codings);
    } else if (codings.length > 0) {
      this.sink = new DecodingSink(codings, maxBytes, this);
    } else if (Number(this.headers['content-length']) > maxBytes) {
      this.settled(tooLarge(maxBytes));
    } else {
      this.sink = new PlainSink(maxBytes, this);
    }
  }

  private handOver(codings: readonly Coding[]): void {
    const { status, headers } = this;
    const sink = new SourceSink(this);
    this.sink = sink;
    clearTimeout(this.timer);
    this.settle.resolve({ status, headers, bytes: EMPTY_BODY, arriving: { source: sink.source, codings } });
  }

  private succeed(bytes: Buffer, fault?: BodyFault, abort = fault !== undefined): void {
    if (!this.finish(abort)) return;
    const { status, headers } = this;
    this.settle.resolve(fault === undefined ? { status, headers, bytes } : { status, headers, bytes, fault });
  }

  private fail(error: Error): void {
    if (this.finish(true, error)) this.settle.reject(error);
  }

  private finish(abort: boolean, error?: Error): boolean {
    if (this.over) return false;
    this.over = true;
    clearTimeout(this.timer);
    this.limits.signal?.removeEventListener('abort', this.onAbort);
    if (abort) {
      this.sink?.destroy(error);
      this.controller?.abort(new Error('given up'));
    }
    return true;
  }

  private expire(): void {
    const { origin, timeoutMs } = this.limits;
    this.fail(
      new TransportError('timeout', `${origin} did not answer in full within ${Math.ceil(timeoutMs)} ms.`, { origin }),
    );
  }
}

class DiscardingSink implements BodySink {
  private size = 0;

  constructor(private readonly events: SinkEvents) {}

  write(chunk: Buffer): void {
    this.size += chunk.length;
    if (this.size > REDIRECT_BODY) this.events.settled({ kind: 'unread' });
  }

  end(): void {
    this.events.settled({ kind: 'complete', bytes: EMPTY_BODY });
  }

  destroy(): void {
    this.size = 0;
  }
}
