import type { Writable } from 'node:stream';
import type { ExecutionObserver, Progress } from '@orchid/engine';
import type { Clock } from '@orchid/kernel';

const REWRITE_EVERY_MS = 100;
const PLAIN_EVERY_MS = 2_000;
const CLEAR_LINE = '\r\u001b[K';

export interface ProgressLineOptions {
  readonly stream: Writable;
  /** One line that is written over; else a new line now and then. */
  readonly rewrites: boolean;
  readonly clock: Clock;
}

/** Shows how far an execution is: pages, requests, messages, requests a second. */
export class ProgressLine {
  private readonly started: number;
  private last: number;
  private shown = false;
  private requests = 0;
  private messages = 0;
  private pages = 0;

  constructor(private readonly options: ProgressLineOptions) {
    this.started = options.clock.now();
    this.last = this.started;
  }

  readonly observer: ExecutionObserver = {
    requestSent: () => {
      this.requests += 1;
      this.show();
    },
    published: (_channel, count) => {
      this.messages += count;
      this.show();
    },
    pageDone: ({ pages }: Progress) => {
      this.pages = pages;
      this.show();
    },
    waiting: (limit, milliseconds) => {
      const seconds = Math.max(0, milliseconds / 1_000).toFixed(1);
      this.note(`waiting ${seconds} s for limit ${limit}`);
    },
  };

  /** A line of its own, above the progress. */
  note(text: string): void {
    this.clear();
    this.options.stream.write(`${text}\n`);
  }

  /** Takes the progress away. */
  clear(): void {
    if (this.shown) this.options.stream.write(CLEAR_LINE);
    this.shown = false;
  }

  private show(): void {
    const { stream, rewrites, clock } = this.options;
    const now = clock.now();
    if (now - this.last < (rewrites ? REWRITE_EVERY_MS : PLAIN_EVERY_MS)) return;
    this.last = now;
    const rate = Math.round((this.requests * 1_000) / Math.max(1, now - this.started));
    const text = `page ${this.pages}, ${this.requests} requests, ${this.messages} messages, ${rate} requests/s`;
    stream.write(rewrites ? `${CLEAR_LINE}${text}` : `${text}\n`);
    this.shown = rewrites;
  }
}
