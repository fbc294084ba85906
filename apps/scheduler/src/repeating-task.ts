import { OrchidError, type Clock } from '@orchid/kernel';
import type { Logger } from '@orchid/observability';

/** Runs a task again and again until stopped, earlier when woken; a failure is logged and the task goes on. */
export class RepeatingTask {
  private readonly stopped = new AbortController();
  private alarm = new AbortController();
  private running: Promise<void> | null = null;

  /** `task` answers how long to wait before the next run, in milliseconds. */
  constructor(
    private readonly name: string,
    private readonly task: () => Promise<number>,
    private readonly onFailureMs: number,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.running = this.loop();
  }

  /** Runs at once, or once more when it is running. */
  wake(): void {
    this.alarm.abort(new Error('woken'));
  }

  async stop(): Promise<void> {
    this.stopped.abort(new Error('stopped'));
    this.wake();
    await this.running;
  }

  private async loop(): Promise<void> {
    while (!this.isStopped()) {
      this.alarm = new AbortController();
      const pause = await this.attempt();
      if (!this.isStopped()) await this.clock.sleep(pause, this.alarm.signal).catch(() => undefined);
    }
  }

  private isStopped(): boolean {
    return this.stopped.signal.aborted;
  }

  private async attempt(): Promise<number> {
    try {
      return await this.task();
    } catch (error) {
      const code = error instanceof OrchidError ? error.code : 'failed';
      this.logger.error({ err: error, code }, `${this.name} failed; it is tried again`);
      return this.onFailureMs;
    }
  }
}
