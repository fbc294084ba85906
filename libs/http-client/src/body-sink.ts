import type { Transform } from 'node:stream';

import { decodeAtOnce, decoderFor, type Coding } from './content-encoding';
import { errorCode } from './error-code';
import type { BodyFault } from './http-client.port';

/** What became of a body: its decoded bytes, a fault, an encoded stream that ended too early, or not worth reading on. */
export type BodyOutcome =
  | { readonly kind: 'complete'; readonly bytes: Buffer }
  | { readonly kind: 'fault'; readonly fault: BodyFault }
  | { readonly kind: 'truncated' }
  | { readonly kind: 'unread' };

export interface SinkEvents {
  /** Called once. Nothing is written after it. */
  settled(outcome: BodyOutcome): void;
  pause(): void;
  resume(): void;
}

/** Takes a body as it arrives and never holds more than the cap of decoded bytes. */
export interface BodySink {
  write(chunk: Buffer): void;
  end(): void;
  /** Lets go of everything; `error` is for whoever is reading already. */
  destroy(error?: Error): void;
}

export const EMPTY_BODY = Buffer.alloc(0);
/** Up to this many encoded bytes are decoded in one call: cheaper than a stream, and even a bomb takes only milliseconds. */
const AT_ONCE = 16 * 1024;

export function tooLarge(maxBytes: number): BodyOutcome {
  const message = `The body is larger than ${maxBytes} bytes once decoded.`;
  return { kind: 'fault', fault: { code: 'response_too_large', message } };
}

/** Joins the chunks of a body that has no Content-Encoding. */
export class PlainSink implements BodySink {
  private readonly chunks: Buffer[] = [];
  private size = 0;

  constructor(
    private readonly maxBytes: number,
    private readonly events: SinkEvents,
  ) {}

  write(chunk: Buffer): void {
    this.size += chunk.length;
    if (this.size > this.maxBytes) this.events.settled(tooLarge(this.maxBytes));
    else this.chunks.push(chunk);
  }

  end(): void {
    const [only = EMPTY_BODY] = this.chunks;
    const bytes = this.chunks.length > 1 ? Buffer.concat(this.chunks, this.size) : only;
    this.events.settled({ kind: 'complete', bytes });
  }

  destroy(): void {
    this.chunks.length = 0;
  }
}

/** Undoes Content-Encoding: a small body at once when it is whole, a larger one as a stream with back-pressure. */
export class DecodingSink implements BodySink {
  private readonly held: Buffer[] = [];
  private heldBytes = 0;
  private stages: Transform[] = [];
  private readonly plain: PlainSink;

  constructor(
    private readonly codings: readonly Coding[],
    private readonly maxBytes: number,
    private readonly events: SinkEvents,
  ) {
    this.plain = new PlainSink(maxBytes, events);
  }

  write(chunk: Buffer): void {
    if (this.stages.length > 0) {
      this.feed(chunk);
      return;
    }
    this.held.push(chunk);
    this.heldBytes += chunk.length;
    if (this.heldBytes > AT_ONCE) this.startStream();
  }

  end(): void {
    if (this.stages.length > 0) this.stages[0]?.end();
    else this.decodeHeld();
  }

  destroy(): void {
    for (const stage of this.stages) stage.destroy();
    this.plain.destroy();
  }

  private decodeHeld(): void {
    let bytes: Buffer = Buffer.concat(this.held, this.heldBytes);
    try {
      // An empty body is empty whatever its header says: answers to HEAD and 204 keep the header.
      for (const coding of bytes.length === 0 ? [] : this.codings.toReversed()) {
        bytes = decodeAtOnce(coding, bytes, this.maxBytes);
      }
      if (bytes.length > this.maxBytes) this.events.settled(tooLarge(this.maxBytes));
      else this.events.settled({ kind: 'complete', bytes });
    } catch (error) {
      this.settleError(error);
    }
  }

  private startStream(): void {
    const held = Buffer.concat(this.held, this.heldBytes);
    this.held.length = 0;
    this.stages = this.codings.toReversed().map((coding) => decoderFor(coding, held));
    for (const [index, stage] of this.stages.entries()) {
      stage.on('error', (error) => this.settleError(error));
      const next = this.stages[index + 1];
      if (next !== undefined) stage.pipe(next);
    }
    this.stages[0]?.on('drain', () => this.events.resume());
    const last = this.stages.at(-1);
    last?.on('data', (chunk: Buffer) => this.plain.write(chunk));
    last?.on('end', () => this.plain.end());
    this.feed(held);
  }

  private feed(chunk: Buffer): void {
    if (this.stages[0]?.write(chunk) === false) this.events.pause();
  }

  private settleError(error: unknown): void {
    const code = errorCode(error);
    if (code === 'ERR_BUFFER_TOO_LARGE') this.events.settled(tooLarge(this.maxBytes));
    else if (code === 'Z_BUF_ERROR') this.events.settled({ kind: 'truncated' });
    else {
      const message = `The body is not valid ${this.codings.join(', ')}.`;
      this.events.settled({ kind: 'fault', fault: { code: 'invalid_body', message } });
    }
  }
}
