import type { StopSignal } from '@orchid/engine';

/** The executions this process runs now. */
export class RunningExecutions {
  private readonly signals = new Set<StopSignal>();
  private draining = false;

  get count(): number {
    return this.signals.size;
  }

  add(signal: StopSignal): void {
    this.signals.add(signal);
    if (this.draining) signal.ask('yield');
  }

  delete(signal: StopSignal): void {
    this.signals.delete(signal);
  }

  /** Asks all of them to stop after the page in flight and to go on elsewhere. */
  drain(): void {
    this.draining = true;
    for (const signal of this.signals) signal.ask('yield');
  }
}
