import type { Identity } from '@orchid/identity';

declare module 'http' {
  interface IncomingMessage {
    /** Set once the caller is known. */
    identity?: Identity;
    /** The body as it was sent. */
    bodyText?: string;
  }
}
