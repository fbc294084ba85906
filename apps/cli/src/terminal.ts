import type { Writable } from 'node:stream';

/** Where a command reads its surroundings from and writes to; a test hands in its own. */
export interface Terminal {
  /** For results that a program may read. */
  readonly out: Writable & { readonly isTTY?: boolean };
  /** For everything meant for a person. */
  readonly err: Writable & { readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Calls back at each Ctrl-C or SIGTERM until the returned function is called. */
  onInterrupt(stop: () => void): () => void;
}

/** The terminal of this process. */
export function processTerminal(): Terminal {
  return {
    out: process.stdout,
    err: process.stderr,
    env: process.env,
    onInterrupt: (stop) => {
      process.on('SIGINT', stop).on('SIGTERM', stop);
      return () => process.off('SIGINT', stop).off('SIGTERM', stop);
    },
  };
}

export function writeLine(stream: Writable, line: string): void {
  stream.write(`${line}\n`);
}
