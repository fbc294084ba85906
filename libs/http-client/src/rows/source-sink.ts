import { Readable } from 'node:stream';

import { EMPTY_BODY, type BodySink, type SinkEvents } from '../body-sink';

/** Passes a body on as it arrives; while its reader is busy, the connection stands still. */
export class SourceSink implements BodySink {
  readonly source: Readable;

  constructor(private readonly events: SinkEvents) {
    this.source = new Readable({
      read: () => events.resume(),
      destroy: (error, done) => {
        events.settled({ kind: 'unread' });
        done(error);
      },
    });
    // Whoever reads is told by the reading itself; nobody reads while a page is being published.
    this.source.on('error', () => undefined);
  }

  write(chunk: Buffer): void {
    if (!this.source.push(chunk)) this.events.pause();
  }

  end(): void {
    this.source.push(null);
    this.events.settled({ kind: 'complete', bytes: EMPTY_BODY });
  }

  destroy(error?: Error): void {
    this.source.destroy(error);
  }
}
