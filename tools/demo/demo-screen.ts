import type { Writable } from 'node:stream';
import pc from 'picocolors';

const CLEAR_LINE = '\r\u001b[K';
const PLAIN_EVERY_MS = 1_000;

/** What a person sees: lines, and on a terminal one last line that is written over. */
export class DemoScreen {
  private transient = '';
  private shownAt = 0;
  private readonly colors: ReturnType<typeof pc.createColors>;

  constructor(
    private readonly stream: Writable,
    private readonly isTerminal: boolean,
  ) {
    this.colors = pc.createColors(isTerminal && pc.isColorSupported);
  }

  line(text = ''): void {
    this.clear();
    this.stream.write(`${text}\n`);
  }

  heading(text: string): void {
    this.line();
    this.line(this.colors.bold(text));
  }

  /** Something that matters less. */
  aside(text: string): void {
    this.line(this.colors.dim(text));
  }

  good(text: string): void {
    this.line(this.colors.green(text));
  }

  bad(text: string): void {
    this.line(this.colors.red(text));
  }

  /** Replaces the line that was shown last by this function; elsewhere than on a terminal a line now and then. */
  progress(text: string): void {
    if (!this.isTerminal) {
      if (Date.now() - this.shownAt < PLAIN_EVERY_MS) return;
      this.shownAt = Date.now();
      this.stream.write(`${text}\n`);
      return;
    }
    if (text === this.transient) return;
    this.stream.write(`${CLEAR_LINE}${text}`);
    this.transient = text;
  }

  private clear(): void {
    if (this.transient !== '') this.stream.write(CLEAR_LINE);
    this.transient = '';
  }
}
